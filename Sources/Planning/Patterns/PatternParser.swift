/// Reads the ECMAScript grammar of `std::regex` (as libstdc++ implements it) into a tree.
///
/// Lazy quantifiers read like greedy ones: whether a name matches does not depend on it.
struct PatternParser {
  /// How deep groups may nest; a bound on recursion.
  static let deepest = 50
  /// The largest count within `{}`.
  static let mostRepeats = 1_000

  private var input: PatternInput
  private var depth = 0

  init(_ text: some StringProtocol) { input = PatternInput(bytes: Array(text.utf8)) }

  /// The tree of the whole text.
  mutating func parse() throws(TensorPatternError.Fault) -> PatternNode {
    let node = try alternatives()
    guard input.isAtEnd else { throw .unbalanced(")") }
    return node
  }

  private mutating func alternatives() throws(TensorPatternError.Fault) -> PatternNode {
    var options = [try sequence()]
    while input.take("|") { options.append(try sequence()) }
    return options.count == 1 ? options[0] : .either(options)
  }

  private mutating func sequence() throws(TensorPatternError.Fault) -> PatternNode {
    var nodes: [PatternNode] = []
    while let next = input.peek, next != UInt8(ascii: "|"), next != UInt8(ascii: ")") {
      nodes.append(try term())
    }
    return .sequence(nodes)
  }

  private mutating func term() throws(TensorPatternError.Fault) -> PatternNode {
    if input.take("^") { return .place(.start) }
    if input.take("$") { return .place(.end) }
    if input.take("\\b") { return .place(.wordBoundary) }
    if input.take("\\B") { return .place(.noWordBoundary) }
    if input.take("(?=") { return .ahead(try group(), negated: false) }
    if input.take("(?!") { return .ahead(try group(), negated: true) }
    var node = try atom()
    while let range = try quantifier() {
      node = .repeated(node, minimum: range.minimum, maximum: range.maximum)
    }
    return node
  }

  private mutating func atom() throws(TensorPatternError.Fault) -> PatternNode {
    if input.take("(?:") || input.take("(") { return try group() }
    if input.take("[") {
      var brackets = PatternBrackets(input: input)
      let set = try brackets.parse()
      input = brackets.input
      return .byte(set)
    }
    if input.take("\\") { return .byte(try input.escape(codesBelow: 256)) }
    if input.take(".") { return .byte(.anyButLineEnds) }
    let byte = try input.next(orThrow: .dangling)
    if ByteSet("*+?{").contains(byte) { throw .nothingToRepeat }
    return .byte(ByteSet(byte))
  }

  /// What follows an opening parenthesis, up to and with its partner.
  private mutating func group() throws(TensorPatternError.Fault) -> PatternNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw .tooComplex }
    let node = try alternatives()
    guard input.take(")") else { throw .unbalanced("(") }
    return node
  }

  private mutating func quantifier() throws(TensorPatternError.Fault)
    -> (minimum: Int, maximum: Int?)?
  {
    let range: (minimum: Int, maximum: Int?)
    if input.take("*") {
      range = (0, nil)
    } else if input.take("+") {
      range = (1, nil)
    } else if input.take("?") {
      range = (0, 1)
    } else if input.take("{") {
      range = try counts()
    } else {
      return nil
    }
    _ = input.take("?")
    return range
  }

  private mutating func counts() throws(TensorPatternError.Fault) -> (minimum: Int, maximum: Int?) {
    guard let minimum = try number() else { throw .badCount }
    var maximum: Int? = minimum
    if input.take(",") { maximum = try number() }
    guard input.take("}"), minimum <= maximum ?? minimum else { throw .badCount }
    return (minimum, maximum)
  }

  private mutating func number() throws(TensorPatternError.Fault) -> Int? {
    var value: Int?
    while let byte = input.peek, ByteSet.digits.contains(byte) {
      input.advance()
      value = (value ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
      guard value! <= Self.mostRepeats else { throw .tooComplex }
    }
    return value
  }
}
