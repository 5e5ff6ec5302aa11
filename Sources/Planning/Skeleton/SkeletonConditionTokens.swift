/// Conditions, divided into words and signs.
struct SkeletonConditionTokens {
  private var rest: Substring

  init(_ text: String) { rest = text[...] }

  private static let signs =
    ["<=", ">=", "!=", "<", ">", "=", "*", "/", "%", "(", ")", ",", "|"]

  /// The next word or sign, or nil at the end. What is neither comes as a single character.
  var next: Substring? { split()?.token }

  /// Moves past `token` where it comes next.
  mutating func take(_ token: String) -> Bool {
    guard let (next, after) = split(), next == token else { return false }
    rest = after
    return true
  }

  /// Moves past the next word and returns it.
  mutating func word(_ expected: String) throws(SkeletonConditionError) -> String {
    guard let (next, after) = split(), next.utf8.allSatisfy(Self.isOfWord) else {
      throw error(expected: expected)
    }
    rest = after
    return String(next)
  }

  /// What to throw where something else was expected than comes next.
  func error(expected: String) -> SkeletonConditionError {
    .expected(expected, found: next.map(String.init))
  }

  private func split() -> (token: Substring, after: Substring)? {
    let text = rest.drop { $0.isWhitespace }
    guard !text.isEmpty else { return nil }
    let length = Self.signs.first { text.hasPrefix($0) }?.count
    let word = text.utf8.prefix(while: Self.isOfWord).count
    return (text.prefix(length ?? max(word, 1)), text.dropFirst(length ?? max(word, 1)))
  }

  /// Architectures and sizes are words too: `qwen3moe`, `gpt-oss`, `70b`.
  private static func isOfWord(_ byte: UInt8) -> Bool {
    ByteSet.words.contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }
}
