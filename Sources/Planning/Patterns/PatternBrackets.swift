/// Reads a bracket expression, `[a-z_\d]` or `[^[:space:]]`, after its opening bracket.
struct PatternBrackets {
  private(set) var input: PatternInput

  init(input: PatternInput) { self.input = input }

  /// The set that the expression stands for.
  mutating func parse() throws(TensorPatternError.Fault) -> ByteSet {
    let isInverted = input.take("^")
    var set = ByteSet()
    while !input.take("]") {
      set.formUnion(try member())
    }
    return isInverted ? set.inverted : set
  }

  /// A single byte, a range, an escape or a class.
  private mutating func member() throws(TensorPatternError.Fault) -> ByteSet {
    let (first, set) = try element()
    var rest = input
    guard rest.take("-"), let end = rest.peek, end != UInt8(ascii: "]") else { return set }
    input = rest
    // libstdc++ refuses ranges that begin or end with a class.
    guard let first, let last = try element().byte, first <= last else { throw .badBrackets }
    return ByteSet(first...last)
  }

  /// One element: the set it stands for, and its byte where it is no class.
  private mutating func element() throws(TensorPatternError.Fault) -> (byte: UInt8?, set: ByteSet) {
    if input.take("[:") {
      guard let name = input.text(upTo: ":]"), let set = ByteSet.posixClass(name) else {
        throw .badBrackets
      }
      return (nil, set)
    }
    if input.take("[.") || input.take("[=") { throw .badBrackets }
    let byte = try input.next(orThrow: .unbalanced("["))
    guard byte == UInt8(ascii: "\\") else { return (byte, ByteSet(byte)) }
    // Within brackets `\b` is the backspace.
    if input.take("b") { return (8, ByteSet(8)) }
    let set = try input.escape()
    return (set.only, set)
  }
}
