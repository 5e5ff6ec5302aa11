import KernelsC

/// The kernels of KernelsC.h in plain Swift, one candidate at a time.
enum ReferenceKernels {
  static func inverse(_ scale: Float) -> Float {
    abs(scale) >= Float.leastNormalMagnitude ? 1 / scale : 0
  }

  static func code(_ t: Float, _ grid: [Float]) -> Int {
    zip(grid, grid.dropFirst()).count { t > ($0 + $1) / 2 }
  }

  static func nearest(_ t: Float, _ grid: [Float]) -> Float { grid[code(t, grid)] }

  static func gridMoments(
    _ x: [Float], _ w: [Float], _ grid: [Float], _ scale: Float, _ shift: Float
  ) -> (wxg: Float, wgg: Float) {
    var sums: (wxg: Float, wgg: Float) = (0, 0)
    for j in x.indices {
      let g = nearest(x[j] * inverse(scale) - shift, grid) + shift
      sums.wxg += w[j] * x[j] * g
      sums.wgg += w[j] * g * g
    }
    return sums
  }

  static func gridError(
    _ x: [Float], _ w: [Float], _ grid: [Float], _ scale: Float, _ shift: Float
  ) -> Float {
    var sum: Float = 0
    for j in x.indices {
      let g = nearest(x[j] * inverse(scale) - shift, grid) + shift
      let difference = x[j] - scale * g
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

  static func rounded(_ t: Float, _ low: Float, _ high: Float) -> Float {
    max(low, min(t, high)).rounded(.toNearestOrEven)
  }

  static func affineMoments(
    _ x: [Float], _ w: [Float], _ low: Float, _ high: Float, _ scale: Float, _ offset: Float
  ) -> (wq: Float, wqq: Float, wxq: Float) {
    var sums: (wq: Float, wqq: Float, wxq: Float) = (0, 0, 0)
    for j in x.indices {
      let q = rounded((x[j] - offset) * inverse(scale), low, high)
      sums.wq += w[j] * q
      sums.wqq += w[j] * q * q
      sums.wxq += x[j] * (w[j] * q)
    }
    return sums
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
}
