import KernelsC

/// The set of values that a block's codes stand for, before the block's scale.
///
/// A class, so that fits pass it on without copying it.
final class BlockQuantizer: Sendable {
  /// How the nearest value is found.
  private let search: Search
  /// How far a block may move the values: 0 where it may not.
  let shift: Float
  /// How many values a weight can have.
  let size: Int
  /// The largest magnitude among the unshifted values.
  let extreme: Float
  /// The largest on the other side of zero.
  let otherExtreme: Float
  /// The value of every code; in the second half with the shift.
  private let table: ConstantTable<Float>
  private let levelTable: ConstantTable<rk_levels>?

  private enum Search {
    case uniform(low: Float, high: Float)
    case grid(Grid)
    case parityGrid(ParityGrid)
    case pairs(PairCodebook)
  }

  private init(_ search: Search, values: [Float], shift: Float, size: Int? = nil) {
    self.search = search
    self.shift = shift
    self.size = size ?? values.count
    let ends = (-(values.first ?? 0), values.last ?? 0)
    extreme = max(ends.0, ends.1)
    otherExtreme = min(ends.0, ends.1)
    table = ConstantTable(values + values.map { $0 + shift })
    levelTable =
      switch search {
      case .uniform(let low, let high):
        ConstantTable([rk_levels(grid: nil, odd: nil, low: low, high: high)])
      case .grid(let grid):
        ConstantTable([rk_levels(grid: grid.table, odd: nil, low: 0, high: 0)])
      case .parityGrid(let parity):
        ConstantTable([
          rk_levels(grid: parity.even.table, odd: parity.odd.table, low: 0, high: 0)
        ])
      case .pairs: nil
      }
  }

  /// The integers `low … high`; code 0 is `low`.
  static func uniform(low: Int, high: Int) -> BlockQuantizer {
    BlockQuantizer(
      .uniform(low: Float(low), high: Float(high)), values: (low...high).map { Float($0) },
      shift: 0)
  }

  /// The codes 0 … `highest` as values, of which `highest` is below 64.
  static func codes(upTo highest: Int) -> UnsafePointer<rk_levels> { codes.start + highest }

  private static let codes = ConstantTable(
    (0..<64).map { rk_levels(grid: nil, odd: nil, low: 0, high: Float($0)) })

  /// A non-linear grid.
  static func grid(_ grid: Grid) -> BlockQuantizer {
    BlockQuantizer(
      .grid(grid), values: (0..<grid.size).map { grid.value($0) }, shift: grid.shift)
  }

  /// A non-linear grid whose codes obey a parity constraint.
  static func parityGrid(_ parity: ParityGrid) -> BlockQuantizer {
    BlockQuantizer(
      .parityGrid(parity), values: (0..<16).map { parity.grid.value($0) },
      shift: parity.grid.shift)
  }

  /// A codebook of pairs. The codes of a pair are its entry, and its entry + 32.
  static func pairs(_ book: PairCodebook) -> BlockQuantizer {
    BlockQuantizer(
      .pairs(book), values: book.first + book.second, shift: 0, size: book.grid.size)
  }

  /// The values as those of single weights, ascending, without shift; nil where codes are chosen in pairs.
  var levels: UnsafePointer<rk_levels>? { levelTable?.start }

  /// Whether the sign of the scale that suits single weights says too little: the entries of a
  /// codebook of pairs lie quite differently when mirrored.
  var triesBothSigns: Bool { if case .pairs = search { true } else { false } }

  /// The value of every code.
  @inline(__always)
  func values(shifted: Bool) -> UnsafePointer<Float> { shifted ? table.start + size : table.start }

  /// The trial that explains most of a block's energy when its values, those nearest to x ÷ scale, get
  /// their least-squares scale Σwxv ÷ Σwv². Constraints on several codes are left out: they hardly
  /// move the best scale.
  func ideal(_ block: WeightedBlock, _ trials: Trials) -> IdealScale {
    let kernels = Kernels.active
    let ideal = withLanes(trials.scales, trials.shifts) { scales, shifts in
      switch search {
      case .uniform(let low, let high):
        kernels.pointee.uniform_ideal(block.x, block.w, Int32(block.count), low, high, scales)
      case .grid(let grid):
        kernels.pointee.grid_ideal(block.x, block.w, Int32(block.count), grid.table, scales, shifts)
      case .parityGrid(let parity):
        kernels.pointee.grid_ideal(
          block.x, block.w, Int32(block.count), parity.grid.table, scales, shifts)
      case .pairs(let book):
        kernels.pointee.grid_ideal(
          block.x, block.w, Int32(block.count), book.grid.table, scales, shifts)
      }
    }
    return IdealScale(ideal)
  }

  /// The trial of least Σ w (x − scale v)² over the codes that the type allows.
  func choice(_ block: WeightedBlock, _ trials: Trials) -> BestTrial {
    let kernels = Kernels.active
    let choice = withLanes(trials.scales, trials.shifts) { scales, shifts in
      switch search {
      case .uniform(let low, let high):
        kernels.pointee.affine_choice(
          block.x, block.w, Int32(block.count), low, high, scales, shifts)
      case .grid(let grid):
        kernels.pointee.grid_choice(
          block.x, block.w, Int32(block.count), grid.table, scales, shifts)
      case .parityGrid(let parity):
        kernels.pointee.parity_choice(
          block.x, block.w, parity.even.table, parity.odd.table, scales, shifts)
      case .pairs(let book):
        kernels.pointee.pair_choice(block.x, block.w, Int32(block.count), book.table, scales)
      }
    }
    return BestTrial(choice)
  }

  /// The codes of the least error at one scale.
  func codes(
    _ block: WeightedBlock, scale: Float, shifted: Bool, into codes: UnsafeMutablePointer<UInt8>
  ) {
    let kernels = Kernels.active
    let shift = shifted ? shift : 0
    switch search {
    case .uniform(let low, let high):
      kernels.pointee.affine_codes(
        block.x, Int32(block.count), low, high, scale, 0, codes)
    case .grid(let grid):
      kernels.pointee.grid_codes(block.x, Int32(block.count), grid.table, scale, shift, codes)
    case .parityGrid(let parity):
      kernels.pointee.parity_codes(
        block.x, block.w, parity.even.table, parity.odd.table, scale, shift, codes)
    case .pairs(let book):
      kernels.pointee.pair_codes(block.x, block.w, Int32(block.count), book.table, scale, codes)
    }
  }
}
