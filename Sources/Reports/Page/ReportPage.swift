import Foundation
import GGUF

/// A report as one file for a browser, which asks for no other file: a template, and the data that the template's
/// script shows.
package struct ReportPage: Sendable {
  private let data: String

  /// - Parameter data: what the page shows.
  init(_ data: PageData) throws {
    self.data = try JSON.compact(data)
  }

  /// The page in HTML.
  ///
  /// The template allows the style and the script by their digests and nothing else, so nothing that stands in the
  /// data can run.
  package var html: String {
    let style = Self.text(PackageResources.report_css)
    let script = Self.text(PackageResources.report_js)
    let parts = [
      ("STYLE_DIGEST", Self.digest(style)),
      ("SCRIPT_DIGEST", Self.digest(script)),
      ("<!-- style -->", "<style>\(style)</style>"),
      (
        "<!-- data -->",
        "<script type=\"application/json\" id=\"report-data\">\(escapedData)</script>"
      ),
      ("<!-- script -->", "<script type=\"module\">\(script)</script>"),
    ]
    // The template is cut at one placeholder after the other, so that nothing in a part is taken for another.
    var rest = Self.text(PackageResources.report_html)[...]
    var page = ""
    for (placeholder, part) in parts {
      guard let place = rest.range(of: placeholder) else {
        preconditionFailure("the template lacks \(placeholder)")
      }
      page += rest[..<place.lowerBound] + part
      rest = rest[place.upperBound...]
    }
    return page + rest
  }

  /// The data with every character escaped that could end the element they are in. They stand in strings alone.
  private var escapedData: String {
    var escaped = ""
    for scalar in data.unicodeScalars {
      if "<>&\u{2028}\u{2029}".unicodeScalars.contains(scalar) {
        escaped += String(format: "\\u%04x", Int(scalar.value))
      } else {
        escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// What a content security policy calls a text by: its SHA-256 in base64.
  private static func digest(_ text: String) -> String {
    Data(ContentDigest(of: text).bytes).base64EncodedString()
  }
}
