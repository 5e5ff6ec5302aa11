import KernelsC

/// The set of values that a block's codes stand for, before the block's scale.
enum BlockQuantizer: Sendable {
  /// The integers `low … high`; code 0 is `low`.
  case uniform(low: Int, high: Int)
  /// A non-linear grid.
  case grid(Grid)
  /// A non-linear grid whose codes obey a parity constraint.
  case parityGrid(ParityGrid)

  /// How far a block may move the values: 0 where it may not.
  var shift: Float {
    switch self {
    case .uniform: 0
    case .grid(let grid): grid.shift
    case .parityGrid(let parity): parity.grid.shift
    }
  }

  /// The largest magnitude among the values.
  var extreme: Float {
    switch self {
    case .uniform(let low, let high): Float(max(-low, high))
    case .grid(let grid): grid.extreme
    case .parityGrid(let parity): parity.grid.extreme
    }
  }

  /// How many values there are.
  var size: Int {
    switch self {
    case .uniform(let low, let high): high - low + 1
    case .grid(let grid): grid.size
    case .parityGrid(let parity): parity.grid.size
    }
  }

  /// The value of a code in the unshifted set.
  @inline(__always)
  func value(_ code: UInt8) -> Float {
    switch self {
    case .uniform(let low, _): Float(Int(code) + low)
    case .grid(let grid): grid.value(Int(code))
    case .parityGrid(let parity): parity.grid.value(Int(code))
    }
  }

  /// Per trial Σ w x v and Σ w v² with v the value nearest to x ÷ scale. The parity constraint is
  /// left out: it hardly moves the best scale.
  func moments(_ block: WeightedBlock, _ trials: Trials, _ wxv: inout Lanes, _ wvv: inout Lanes) {
    let kernels = Kernels.active.pointee
    withLanes(trials.scales, trials.shifts) { scales, shifts in
      wxv.withPointer { wxv in
        wvv.withPointer { wvv in
          switch self {
          case .uniform(let low, let high):
            var unused = Lanes()
            unused.withPointer { unused in
              kernels.affine_moments(
                block.x, block.w, Int32(block.count), Float(low), Float(high), scales, shifts,
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
        switch self {
        case .uniform(let low, let high):
          kernels.affine_errors(
            block.x, block.w, Int32(block.count), Float(low), Float(high), scales, shifts, errors)
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
    switch self {
    case .uniform(let low, let high):
      kernels.affine_codes(
        block.x, Int32(block.count), Float(low), Float(high), scale, 0, codes)
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
}
