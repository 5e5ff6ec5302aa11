/// How a family of types builds a weight: unit × d × level × (value + shift), the values those of
/// a codebook's entry for each group of weights, and d a half for each 256 weights.
struct CodebookScheme: Sendable {
  let search: CodebookSearch
  /// Weights that share a level: 16 or 32.
  let blockSize: Int
  let levels: SharedScaleScheme.Levels
  /// A power of two.
  let unit: Float
  var shift = Shift.none
  var effort = Effort()

  /// What is added to every value.
  enum Shift: Sendable {
    case none
    /// This or its negative, for each block.
    case block(Float)
    /// This or its negative, for each group.
    case group(Float)

    var size: Float {
      switch self {
      case .none: 0
      case .block(let size), .group(let size): size
      }
    }

    var isOfBlock: Bool { if case .block = self { true } else { false } }
    var isOfGroup: Bool { if case .group = self { true } else { false } }
  }

  /// How much is searched. A step takes as long as every other, and gains less than the one before:
  /// the types with few bits, whose codebooks are large, are content with few.
  ///
  /// The figures are changes of the error, and of the time, on weights of four models
  /// (`docs/constants.md`).
  struct Effort: Sendable {
    /// The scales tried for each block, relative to that which suits single weights best. One costs 1.1 %
    /// and saves a tenth of the time; a third brings 0.2 %. Distances from 0.08 to 0.12 are equally good, 0.2
    /// costs 1.7 %.
    var explored: [Float] = [0.9, 1.1]
    /// How often a block's scale and entries are then fitted to each other. A second time brings 0.06 %
    /// for a fifth of the time.
    var refinements = 1
    /// How many levels are tried at the shared scale: 1 or 2. The second brings 0.3 % for a tenth of the
    /// time.
    var levels = 2
    /// How often the shared scale and the entries are fitted to each other. A third time brings 0.02 %.
    var rounds = 2
  }
}
