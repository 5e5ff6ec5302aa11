/// Reads what follows `if`.
struct SkeletonConditionParser {
  private var tokens: SkeletonConditionTokens

  init(_ text: String) { tokens = SkeletonConditionTokens(text) }

  /// All of the text: conditions joined by `and`.
  mutating func conditions() throws(SkeletonConditionError) -> [SkeletonCondition] {
    var conditions = [try condition()]
    while tokens.take("and") { conditions.append(try condition()) }
    guard tokens.next == nil else { throw tokens.error(expected: "‘and’ or the end of the line") }
    return conditions
  }

  private mutating func condition() throws(SkeletonConditionError) -> SkeletonCondition {
    if tokens.take("not") { return .not(try plainCondition()) }
    return try plainCondition()
  }

  private mutating func plainCondition() throws(SkeletonConditionError) -> SkeletonCondition {
    if tokens.take("tied") { return .tied }
    if tokens.take("imatrix") { return .imatrix }
    if tokens.take("more_bits") { return try moreBits() }
    if tokens.take("arch") {
      let equal = try equality()
      let condition = SkeletonCondition.architecture(try architectures())
      return equal ? condition : .not(condition)
    }
    if tokens.take("size") {
      let equal = try equality()
      let condition = SkeletonCondition.size(try size())
      return equal ? condition : .not(condition)
    }
    let left = try term()
    let relation = SkeletonCondition.Relation.allCases.first { tokens.take($0.rawValue) }
    guard let relation else { throw tokens.error(expected: "a comparison") }
    return .compares(left, relation, try term())
  }

  /// Whether `=` comes next, not `!=`.
  private mutating func equality() throws(SkeletonConditionError) -> Bool {
    if tokens.take("=") { return true }
    if tokens.take("!=") { return false }
    throw tokens.error(expected: "‘=’ or ‘!=’")
  }

  /// Names with bars between them.
  private mutating func architectures() throws(SkeletonConditionError) -> [String] {
    var names = [try tokens.word("an architecture")]
    while tokens.take("|") { names.append(try tokens.word("an architecture")) }
    return names
  }

  private mutating func size() throws(SkeletonConditionError) -> ModelSize {
    let name = try tokens.word("a size")
    guard let size = ModelSize(rawValue: name) else { throw .unknownSize(name) }
    return size
  }

  /// What follows `more_bits`: `(layer, blocks)`.
  private mutating func moreBits() throws(SkeletonConditionError) -> SkeletonCondition {
    guard tokens.take("(") else { throw tokens.error(expected: "‘(’") }
    let index = try term()
    guard tokens.take(",") else { throw tokens.error(expected: "‘,’") }
    let count = try term()
    guard tokens.take(")") else { throw tokens.error(expected: "‘)’") }
    return .moreBits(index: index, count: count)
  }

  private mutating func term() throws(SkeletonConditionError) -> SkeletonTerm {
    var term = SkeletonTerm(first: try factor())
    while true {
      if tokens.take("*") {
        term.operations.append(.times(try factor()))
      } else if tokens.take("/") {
        term.operations.append(.over(positive: try divisor()))
      } else if tokens.take("%") {
        term.operations.append(.modulo(positive: try divisor()))
      } else {
        return term
      }
    }
  }

  private mutating func factor() throws(SkeletonConditionError) -> SkeletonTerm.Factor {
    let word = try tokens.word("a condition or a quantity")
    if let quantity = SkeletonQuantity(rawValue: word) { return .quantity(quantity) }
    guard let first = word.utf8.first, ByteSet.digits.contains(first) else {
      throw .unknown(word)
    }
    return .number(try Self.number(word))
  }

  private mutating func divisor() throws(SkeletonConditionError) -> Int {
    let word = try tokens.word("a number")
    let number = try Self.number(word)
    guard number > 0 else { throw .notANumber(word) }
    return number
  }

  private static func number(_ word: String) throws(SkeletonConditionError) -> Int {
    guard let number = Int(word) else { throw .notANumber(word) }
    return number
  }
}
