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
  /// A run of bytes that stands in every name that matches; empty where there is none.
  let literal: ArraySlice<UInt8>

  private let form: Form

  /// How it is searched for.
  private enum Form: Sendable {
    case plain(PlainPattern)
    case program(PatternProgram)
  }

  /// Reads a pattern. Throws an error that names it where it is empty, too long, too complex, not
  /// well-formed, or holds a back reference.
  package init(_ text: some StringProtocol) throws(TensorPatternError) {
    self.text = String(text)
    guard !text.isEmpty else { throw TensorPatternError(pattern: "", fault: .empty) }
    guard text.utf8.count <= Self.longest else {
      throw TensorPatternError(pattern: String(text.prefix(40)) + "…", fault: .tooLong)
    }
    if let plain = PlainPattern(text) {
      form = .plain(plain)
      literal = plain.literal
      return
    }
    do throws(TensorPatternError.Fault) {
      var parser = PatternParser(text)
      let tree = try parser.parse()
      form = .program(try PatternProgram(tree))
      literal = tree.literal[...]
    } catch {
      throw TensorPatternError(pattern: self.text, fault: error)
    }
  }

  /// A pattern that the program itself has written: to refuse it would be a mistake of its own.
  init(trusted text: String) { try! self.init(text) }

  /// Whether some part of `name` matches.
  package func matches(_ name: String) -> Bool {
    switch form {
    case .plain(let plain): return plain.match(in: Array(name.utf8)) != nil
    case .program(let program):
      var search = PatternSearch(for: program, in: Array(name.utf8), steps: .max)
      return search.matches()
    }
  }

  /// Whether some part of a name, in bytes, matches.
  ///
  /// - Throws: where the search takes more steps than the budget has.
  func matches(
    _ name: [UInt8], within budget: inout PatternBudget
  ) throws(TensorPatternError) -> Bool {
    switch form {
    case .plain(let plain):
      budget.spend(name.count / 8 + 1)
      return plain.match(in: name) != nil
    case .program(let program):
      let most = budget.next
      var search = PatternSearch(for: program, in: name, steps: most)
      let matches = search.matches()
      budget.spend(most - search.stepsLeft)
      guard search.stepsLeft > 0 else { throw TensorPatternError(pattern: text, fault: .tooSlow) }
      return matches
    }
  }

  /// The first part of a text that matches, and of those that begin there the longest, as `grep` and `sed`
  /// have it.
  func longestMatch(in text: [UInt8], from start: Int = 0) -> Range<Int>? {
    switch form {
    case .plain(let plain): return plain.match(in: text, from: start)
    case .program(let program):
      var search = PatternSearch(for: program, in: text, steps: .max)
      for position in start...text.count {
        if let end = search.longestEnd(at: position) { return position..<end }
      }
      return nil
    }
  }
}

extension TensorPattern: Equatable {
  package static func == (a: TensorPattern, b: TensorPattern) -> Bool { a.text == b.text }
}

extension TensorPattern: CustomStringConvertible {
  package var description: String { text }
}
