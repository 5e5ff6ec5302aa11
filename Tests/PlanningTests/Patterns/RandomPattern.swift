import TestSupport

/// Writes patterns as recipes have them, and others of the same grammar that nobody would write.
struct RandomPattern {
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  /// A pattern of some terms, well-formed for the most part.
  mutating func next() -> String {
    let text = alternatives(depth: 0)
    // One in eight is damaged: a byte is left out, doubled, or comes from elsewhere.
    guard Int.random(in: 0..<8, using: &generator) == 0, !text.isEmpty else { return text }
    var bytes = Array(text.utf8)
    let index = bytes.indices.randomElement(using: &generator)!
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: bytes.remove(at: index)
    case 1: bytes.insert(bytes[index], at: index)
    default: bytes[index] = Array("()[]{}*+?|^$\\.-:=!ab0,".utf8).randomElement(using: &generator)!
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A name of the letters that the patterns look for.
  mutating func name() -> String {
    let letters = Array("aabbk01._-AB \n")
    let length = Int.random(in: 0...8, using: &generator)
    return String((0..<length).map { _ in letters.randomElement(using: &generator)! })
  }

  private mutating func pick(_ texts: [String]) -> String {
    texts.randomElement(using: &generator)!
  }

  private mutating func alternatives(depth: Int) -> String {
    let count = Int.random(in: 0..<4, using: &generator) == 0 ? 2 : 1
    return (0..<count).map { _ in sequence(depth: depth) }.joined(separator: "|")
  }

  private mutating func sequence(depth: Int) -> String {
    (0..<Int.random(in: depth == 0 ? 1...4 : 0...3, using: &generator))
      .map { _ in term(depth: depth) }.joined()
  }

  private mutating func term(depth: Int) -> String {
    switch Int.random(in: 0..<14, using: &generator) {
    case 0: return pick(["^", "$"])
    case 1: return pick([#"\b"#, #"\B"#])
    case 2 where depth < 2:
      // A look-ahead within another is refused, so none is made there.
      return pick(["(?=", "(?!"]) + sequence(depth: 3) + ")"
    default: return atom(depth: depth) + quantifier()
    }
  }

  private mutating func atom(depth: Int) -> String {
    switch Int.random(in: 0..<10, using: &generator) {
    case 0 where depth < 2: return pick(["(", "(?:"]) + alternatives(depth: depth + 1) + ")"
    case 1, 2: return brackets()
    case 3: return "."
    case 4:
      return pick([
        #"\d"#, #"\D"#, #"\s"#, #"\S"#, #"\w"#, #"\W"#, #"\."#, #"\-"#, #"\_"#, #"\n"#, #"\t"#,
        #"\x61"#, #"\u0062"#, #"\cA"#, #"\ca"#, #"\/"#, #"\A"#, #"\k"#, #"\("#, #"\]"#, #"\}"#,
      ])
    default: return pick(["a", "b", "k", "0", "1", "_", "A", "B", "-", " ", "}", "]", ",", ":"])
    }
  }

  private mutating func quantifier() -> String {
    guard Int.random(in: 0..<3, using: &generator) == 0 else { return "" }
    let quantifier = pick(["*", "+", "?", "{2}", "{0}", "{1,2}", "{0,}", "{2,}", "{0,1}"])
    let lazy = Int.random(in: 0..<4, using: &generator) == 0 ? "?" : ""
    let again = Int.random(in: 0..<12, using: &generator) == 0 ? "*" : ""
    return quantifier + lazy + again
  }

  private mutating func brackets() -> String {
    let members = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
      pick([
        "a", "b", "k", "0", "_", ".", "-", "^", "$", "*", "(", "|", " ", "A", "a-k", "0-9", "A-Z",
        "+--", #"\d"#, #"\w"#, #"\S"#, #"\b"#, #"\n"#, #"\]"#, #"\-"#, #"\x61"#, "[:digit:]",
        "[:alpha:]", "[:ALNUM:]", "[:punct:]", "[:space:]", "[:w:]", #"\\"#,
      ])
    }
    return "[" + pick(["", "", "^"]) + members.joined() + "]"
  }
}
