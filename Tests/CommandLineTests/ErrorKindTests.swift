import Foundation
import Testing
import TestSupport

@Suite("Errors") struct ErrorKindTests {
  @Test("every error type of the sources says what kind of failure it is")
  func everyErrorHasAKind() throws {
    // `: Error` or `, Error`, in a declaration or an extension.
    let declaration = /(struct|enum|class|actor|extension)\s[^{\n]*[:,]\s*(any\s+)?Error\b[^{\n]*\{/
    var kinds = 0
    for (path, text) in try Self.sources() {
      kinds += text.matches(of: /: ClassifiedError\b/).count
      for match in text.matches(of: declaration) {
        Issue.record("\(path): \(match.output.0) must be a ClassifiedError")
      }
    }
    #expect(kinds > 40)
  }

  /// The Swift files of the sources, by their paths within them.
  static func sources() throws -> [(path: String, text: String)] {
    let root = Repository.file("Sources")
    let paths =
      FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
    return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
      (path, try String(contentsOf: root.appending(path: path), encoding: .utf8))
    }
  }
}
