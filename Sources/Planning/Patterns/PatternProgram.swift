/// A pattern compiled for a matcher that never goes back.
///
/// All the ways a text can match are followed at once (Thompson's construction), so the time is
/// bounded by the length of the text times that of the program, whatever the pattern; see `PatternSearch`.
struct PatternProgram: Sendable {
  /// The longest program; longer ones are refused.
  static let longest = 10_000

  /// A step of the program.
  enum Instruction: Sendable {
    /// Goes on with the next step after a byte of this set.
    case take(ByteSet)
    /// Goes on with both of these steps.
    case fork(Int, Int)
    /// Goes on with the next step at such a place.
    case place(PatternPlace)
    /// Goes on with the next step where the look-ahead of this index matches, or does not.
    case ahead(Int, negated: Bool)
    /// The pattern has matched.
    case accept
  }

  private(set) var instructions: [Instruction] = []
  private(set) var aheads: [PatternProgram] = []
  private var work = 0
  private let isAhead: Bool

  /// Compiles a tree. Throws where the program grows too long, or where a look-ahead, `isAhead`,
  /// holds another, whose cost would multiply.
  init(_ node: PatternNode, isAhead: Bool = false) throws(TensorPatternError.Fault) {
    self.isAhead = isAhead
    try compile(node)
    instructions.append(.accept)
  }

  /// Whether a match depends on where the text begins.
  var asksWhereTextBegins: Bool {
    instructions.contains { instruction in
      guard case .place(let place) = instruction else { return false }
      return place != .end
    }
  }

  private mutating func compile(_ node: PatternNode) throws(TensorPatternError.Fault) {
    // Counted per node as well: repeating the empty text makes no instructions.
    work += 1
    guard work <= Self.longest else { throw .tooComplex }
    switch node {
    case .byte(let set): instructions.append(.take(set))
    case .place(let place): instructions.append(.place(place))
    case .ahead(let inner, let negated):
      guard !isAhead else { throw .tooComplex }
      aheads.append(try PatternProgram(inner, isAhead: true))
      instructions.append(.ahead(aheads.count - 1, negated: negated))
    case .sequence(let nodes):
      for node in nodes { try compile(node) }
    case .either(let options): try compile(options: options[...])
    case .repeated(let inner, let minimum, let maximum):
      for _ in 0..<minimum { try compile(inner) }
      if let maximum {
        for _ in minimum..<maximum { try compileOptional(inner) }
      } else {
        try compileLoop(inner)
      }
    }
  }

  private mutating func compile(
    options: ArraySlice<PatternNode>
  ) throws(TensorPatternError.Fault) {
    var ends: [Int] = []
    for option in options.dropLast() {
      let fork = reserve()
      try compile(option)
      ends.append(reserve())
      instructions[fork] = .fork(fork + 1, instructions.count)
    }
    try compile(options.last!)
    for end in ends { instructions[end] = .fork(instructions.count, instructions.count) }
  }

  private mutating func compileOptional(_ node: PatternNode) throws(TensorPatternError.Fault) {
    let fork = reserve()
    try compile(node)
    instructions[fork] = .fork(fork + 1, instructions.count)
  }

  private mutating func compileLoop(_ node: PatternNode) throws(TensorPatternError.Fault) {
    let fork = reserve()
    try compile(node)
    instructions.append(.fork(fork, fork))
    instructions[fork] = .fork(fork + 1, instructions.count)
  }

  /// Room for a fork whose target is not known yet.
  private mutating func reserve() -> Int {
    instructions.append(.accept)
    return instructions.count - 1
  }
}
