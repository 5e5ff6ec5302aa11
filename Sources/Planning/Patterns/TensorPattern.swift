/// A regular expression over tensor names, as llama.cpp and ik_llama.cpp read it.
///
/// Both search a name for it with C++'s `std::regex_search`: unanchored, ECMAScript grammar, byte
/// by byte. This matcher accepts that grammar, save for back references and look-aheads within
/// look-aheads, and its time is bounded by a polynomial of the lengths for any pattern, where
/// matchers that backtrack take exponential time for some, such as `(a|aa)+$`.
package struct TensorPattern: Sendable {
  /// The most characters a pattern may have.
  package static let longest = 1_000

  /// The pattern as it was written.
  package let text: String

  private let program: PatternProgram
  /// What a name must end with to match, as far as the pattern spells it: most names fail here.
  private let tail: [UInt8]

  /// Reads a pattern. Throws an error that names it where it is empty, too long, too complex, not
  /// well-formed, or holds a back reference.
  package init(_ text: some StringProtocol) throws(TensorPatternError) {
    self.text = String(text)
    guard !text.isEmpty else { throw TensorPatternError(pattern: "", fault: .empty) }
    guard text.utf8.count <= Self.longest else {
      throw TensorPatternError(pattern: String(text.prefix(40)) + "…", fault: .tooLong)
    }
    do throws(TensorPatternError.Fault) {
      var parser = PatternParser(text)
      let tree = try parser.parse()
      program = try PatternProgram(tree)
      tail = tree.literalTail
    } catch {
      throw TensorPatternError(pattern: self.text, fault: error)
    }
  }

  /// A pattern that the program itself has written: to refuse it would be a mistake of its own.
  init(trusted text: String) { try! self.init(text) }

  /// Whether some part of `name` matches.
  package func matches(_ name: String) -> Bool {
    name.utf8.suffix(tail.count).elementsEqual(tail) && program.matches(Array(name.utf8))
  }
}

extension TensorPattern: Equatable {
  package static func == (a: TensorPattern, b: TensorPattern) -> Bool { a.text == b.text }
}

extension TensorPattern: CustomStringConvertible {
  package var description: String { text }
}
