import Foundation
import GGUF

/// What stands in YAML before a model card: what a hub knows of the model.
package struct FrontMatter: Sendable {
  private var lines: [String] = []

  /// Nothing yet.
  package init() {}

  /// Adds an entry; none where there is no value.
  ///
  /// - Parameter key: needs no quotes in YAML.
  package mutating func add(_ key: String, _ value: String?) {
    if let value { lines.append("\(key): \(Self.scalar(value))") }
  }

  /// Adds a list; none where it is empty. What comes twice is in it once.
  package mutating func add(_ key: String, _ values: [String]) {
    var known: Set<String> = []
    let items = values.filter { known.insert($0).inserted }
    if !items.isEmpty { lines += ["\(key):"] + items.map { "- \(Self.scalar($0))" } }
  }

  /// Whether it says what the files are a quantization of.
  var namesBase: Bool { lines.contains { $0.hasPrefix("base_model:") } }

  /// The lines between their marks.
  package var yaml: String { (["---"] + lines + ["---"]).map { $0 + "\n" }.joined() }

  /// A text as YAML has it: plain where every reader takes it for that text, else in double quotes.
  private static func scalar(_ text: String) -> String {
    isPlain(text) ? text : "\"" + text.unicodeScalars.map(quoted).joined() + "\""
  }

  /// Texts that YAML 1.1 takes for something else.
  private static let words: Set = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]

  private static func isPlain(_ text: String) -> Bool {
    text.wholeMatch(of: /[A-Za-z][A-Za-z0-9._\/-]*/) != nil && !words.contains(text.lowercased())
  }

  private static func quoted(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\t": return "\\t"
    default:
      guard scalar.isDisturbing else { return String(scalar) }
      return String(format: scalar.value > 0xFFFF ? "\\U%08x" : "\\u%04x", Int(scalar.value))
    }
  }
}
