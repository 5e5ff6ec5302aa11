import KernelsC

/// The set of values that a block's codes stand for, before the block's scale.
struct BlockQuantizer: @unchecked Sendable {
  // Unchecked: the table is written once and never freed.

  /// How the nearest value is found.
  private let search: Search
  /// How far a block may move the values: 0 where it may not.
  let shift: Float
  /// How many values there are.
  let size: Int
  /// The largest magnitude among the unshifted values.
  let extreme: Float
  /// The value of every code; in the second half with the shift.
  private let table: UnsafePointer<Float>

  private enum Search {
    case uniform(low: Float, high: Float)
    case grid(Grid)
    case parityGrid(ParityGrid)
  }

  private init(_ search: Search, values: [Float], shift: Float) {
    self.search = search
    self.shift = shift
    size = values.count
    extreme = values.reduce(0) { max($0, abs($1)) }
    let table = UnsafeMutablePointer<Float>.allocate(capacity: 2 * values.count)
    for (code, value) in values.enumerated() {
      table[code] = value
      table[values.count + code] = value + shift
    }
    self.table = UnsafePointer(table)
  }

  /// The integers `low … high`; code 0 is `low`.
  static func uniform(low: Int, high: Int) -> BlockQuantizer {
    BlockQuantizer(
      .uniform(low: Float(low), high: Float(high)), values: (low...high).map { Float($0) },
      shift: 0)
  }

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

  /// The value of every code.
  @inline(__always)
  func values(shifted: Bool) -> UnsafePointer<Float> { shifted ? table + size : table }

  /// Per trial Σ w x v and Σ w v² with v the value nearest to x ÷ scale. The parity constraint is
  /// left out: it hardly moves the best scale.
  func moments(_ block: WeightedBlock, _ trials: Trials, _ wxv: inout Lanes, _ wvv: inout Lanes) {
    let kernels = Kernels.active.pointee
    withLanes(trials.scales, trials.shifts) { scales, shifts in
      wxv.withPointer { wxv in
        wvv.withPointer { wvv in
          switch search {
          case .uniform(let low, let high):
            var unused = Lanes()
            unused.withPointer { unused in
              kernels.affine_moments(
                block.x, block.w, Int32(block.count), low, high, scales, shifts,
                unused, wvv, wxv)
            }
          case .grid(let grid):
            kernels.grid_moments(
              block.x, block.w, Int32(block.count), grid.table, scales, shifts, wxv, wvv)
          case .parityGrid(let parity):
            kernels.grid_moments(
              block.x, block.w, Int32(block.count), parity.grid.table, scales, shifts, wxv, wvv)
          }
        }
      }
    }
  }

  /// Per trial the least Σ w (x − scale v)² over the codes that the type allows.
  func errors(_ block: WeightedBlock, _ trials: Trials, _ errors: inout Lanes) {
    let kernels = Kernels.active.pointee
    withLanes(trials.scales, trials.shifts) { scales, shifts in
      errors.withPointer { errors in
        switch search {
        case .uniform(let low, let high):
          kernels.affine_errors(
            block.x, block.w, Int32(block.count), low, high, scales, shifts, errors)
        case .grid(let grid):
          kernels.grid_errors(
            block.x, block.w, Int32(block.count), grid.table, scales, shifts, errors)
        case .parityGrid(let parity):
          kernels.parity_errors(
            block.x, block.w, parity.even.table, parity.odd.table, scales, shifts, errors)
        }
      }
    }
  }

  /// The codes of the least error at one scale.
  func codes(
    _ block: WeightedBlock, scale: Float, shifted: Bool, into codes: UnsafeMutablePointer<UInt8>
  ) {
    let kernels = Kernels.active.pointee
    let shift = shifted ? shift : 0
    switch search {
    case .uniform(let low, let high):
      kernels.affine_codes(
        block.x, Int32(block.count), low, high, scale, 0, codes)
    case .grid(let grid):
      kernels.grid_codes(block.x, Int32(block.count), grid.table, scale, shift, codes)
    case .parityGrid(let parity):
      kernels.parity_codes(
        block.x, block.w, parity.even.table, parity.odd.table, scale, shift, codes)
    }
  }
}

/// A block of weights with their importances.
struct WeightedBlock {
  let x: UnsafePointer<Float>
  let w: UnsafePointer<Float>
  let count: Int

  /// Block `index` of those that follow this one.
  func advanced(by index: Int) -> WeightedBlock {
    WeightedBlock(x: x + index * count, w: w + index * count, count: count)
  }

  var largestMagnitude: Float {
    var largest: Float = 0
    for j in 0..<count { largest = max(largest, abs(x[j])) }
    return largest
  }

  /// Σ w x².
  var energy: Float {
    var sum: Float = 0
    for j in 0..<count { sum += w[j] * x[j] * x[j] }
    return sum
  }
}
