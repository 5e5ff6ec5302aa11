import KernelsC

/// The kernels of KernelsC.h in plain Swift, one trial at a time.
enum ReferenceKernels {
  static func inverse(_ scale: Float) -> Float {
    abs(scale) >= Float.leastNormalMagnitude ? 1 / scale : 0
  }

  static func code(_ t: Float, _ grid: [Float]) -> Int {
    zip(grid, grid.dropFirst()).count { t > ($0 + $1) / 2 }
  }

  static func nearest(_ t: Float, _ grid: [Float]) -> Float { grid[code(t, grid)] }

  static func rounded(_ t: Float, _ low: Float, _ high: Float) -> Float {
    max(low, min(t, high)).rounded(.toNearestOrEven)
  }

  /// The first of the smallest errors.
  static func choice(_ errors: [Float]) -> (lane: Int, error: Float) {
    var best = (lane: 0, error: errors[0])
    for (lane, error) in errors.enumerated() where error < best.error { best = (lane, error) }
    return best
  }

  /// Of values that stand for the weights in each trial, those that explain most.
  static func ideal(_ x: [Float], _ w: [Float], values: [[Float]]) -> rk_ideal {
    let trials = values.map { values -> rk_ideal in
      var wxv: Float = 0
      var wvv: Float = 0
      for j in x.indices {
        wxv += w[j] * x[j] * values[j]
        wvv += w[j] * values[j] * values[j]
      }
      let scale = wvv > 0 ? wxv / wvv : 0
      return rk_ideal(scale: scale, cost: wvv, explained: wxv * scale)
    }
    var best = trials[0]
    for trial in trials where trial.explained > best.explained { best = trial }
    return best
  }

  static func gridValues(
    _ x: [Float], _ grid: [Float], _ scale: Float, _ shift: Float
  ) -> [Float] {
    x.map { nearest($0 * inverse(scale) - shift, grid) + shift }
  }

  /// Σ w (x − scale v)².
  static func error(_ x: [Float], _ w: [Float], _ scale: Float, _ values: [Float]) -> Float {
    var sum: Float = 0
    for j in x.indices {
      let difference = x[j] - scale * values[j]
      sum += w[j] * difference * difference
    }
    return sum
  }

  static func affineError(
    _ x: [Float], _ w: [Float], _ low: Float, _ high: Float, _ scale: Float, _ offset: Float
  ) -> Float {
    var sum: Float = 0
    for j in x.indices {
      let q = rounded((x[j] - offset) * inverse(scale), low, high)
      let difference = x[j] - (scale * q + offset)
      sum += w[j] * difference * difference
    }
    return sum
  }

  /// The least error of a block of 32 over all codes of even parity, by trying every code of every
  /// weight of a group.
  static func parityError(
    _ x: [Float], _ w: [Float], _ grid: [Float], _ scale: Float, _ shift: Float
  ) -> Double {
    var sum = 0.0
    for k in 0..<8 {
      var least = [0.0, Double.infinity]
      for j in [2 * k, 2 * k + 1, 2 * k + 16, 2 * k + 17] {
        var cost = [Double.infinity, Double.infinity]
        for code in 0..<16 {
          let difference = Double(x[j]) - Double(scale) * Double(grid[code] + shift)
          let parity = code.nonzeroBitCount % 2
          cost[parity] = min(cost[parity], Double(w[j]) * difference * difference)
        }
        least = [
          min(least[0] + cost[0], least[1] + cost[1]), min(least[0] + cost[1], least[1] + cost[0]),
        ]
      }
      sum += least[0]
    }
    return sum
  }
}
