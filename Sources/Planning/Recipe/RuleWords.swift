import GGUF

/// The words of a line of rules, before its comment.
///
/// Words are divided by white space of ASCII, as the programs divide them, and by U+FEFF, which is left where
/// files were joined. Where commas divide rules, each is a word.
struct RuleWords {
  /// The words, without the commas between rules.
  private(set) var words: [Range<Int>] = []
  /// Where the comment begins, or nil.
  private(set) var comment: Int?
  private let line: ArraySlice<UInt8>

  init(of line: ArraySlice<UInt8>) {
    self.line = line
    var place = line.startIndex
    while place < line.endIndex {
      let space = Self.space(at: place, in: line)
      if space > 0 {
        place += space
        continue
      }
      if line[place] == UInt8(ascii: "#") {
        comment = place
        return
      }
      let start = place
      while place < line.endIndex, Self.space(at: place, in: line) == 0 { place += 1 }
      divide(start..<place)
    }
  }

  /// How many bytes of white space stand at a place: 0 for none.
  private static func space(at place: Int, in line: ArraySlice<UInt8>) -> Int {
    if ByteSet.spaces.contains(line[place]) { return 1 }
    return line[place] == 0xEF && line[place...].starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// Divides a word at the commas between its rules.
  ///
  /// A comma within a pattern, as in `[0-9]{1,3}`, is not such a one: it divides only where a whole
  /// rule precedes it, which ends in `=` and a name.
  private mutating func divide(_ word: Range<Int>) {
    var start = word.lowerBound
    for comma in word where line[comma] == UInt8(ascii: ",") {
      let rule = start..<comma
      guard rule.isEmpty || typeName(of: rule) != nil else { continue }
      if !rule.isEmpty { words.append(rule) }
      start = comma + 1
    }
    if start < word.upperBound { words.append(start..<word.upperBound) }
  }

  /// The text of a word.
  func text(_ word: Range<Int>) -> String { String(decoding: line[word], as: UTF8.self) }

  /// The name of a type that stands behind the last `=` of a rule; nil where the rule is not whole.
  func typeName(of word: Range<Int>) -> String? {
    guard let equals = line[word].lastIndex(of: UInt8(ascii: "=")), equals > word.lowerBound else {
      return nil
    }
    let name = line[(equals + 1)..<word.upperBound]
    // After `(?=` stands a pattern, not a type.
    guard line[equals - 1] != UInt8(ascii: "?"), !name.isEmpty,
      name.allSatisfy(ByteSet.words.contains)
    else { return nil }
    return String(decoding: name, as: UTF8.self)
  }

  /// Whether every word is a rule, so that the line can be nothing but rules, a comment, or empty. Conditions of
  /// skeletons may follow.
  var areRules: Bool {
    let rules = words.prefix { text($0) != "if" }
    return rules.allSatisfy { typeName(of: $0).flatMap { TensorType.named($0) } != nil }
      && (rules.count == words.count || !rules.isEmpty)
  }
}
