import KernelsC

/// The trellis kernels of KernelsC.h in plain Swift.
enum ReferenceTrellis {
  /// The values that a seed stands for.
  static func values(_ seed: Int, group: Int, magnitudes: Bool) -> [Float] {
    var x = UInt32(seed)
    return (0..<group).map { _ in
      x &*= 0xCBAC_1FED
      let bits = x & 0x3f3f_3f3f
      let sum = (0..<4).reduce(0) { $0 + Int(bits >> UInt32(8 * $1) & 255) } - 126
      return Float(magnitudes ? abs(sum) : sum)
    }
  }

  /// Σ w m², Σ w and the largest |x|, where m is the mean square of a weight's group.
  static func spread(_ x: [Float], _ w: [Float], group: Int) -> (Double, Double, Float) {
    var fourth = 0.0
    for first in stride(from: 0, to: x.count, by: group) {
      let members = first..<first + group
      let mean = members.reduce(0) { $0 + Double(x[$1]) * Double(x[$1]) } / Double(group)
      fourth += mean * mean * members.reduce(0) { $0 + Double(w[$1]) }
    }
    return (fourth, w.reduce(0) { $0 + Double($1) }, x.map(abs).max()!)
  }

  /// Σ w (x − scale v)² over the weights from `first` on.
  static func error(
    _ x: [Float], _ w: [Float], _ v: ArraySlice<Float>, scale: Float, from first: Int = 0
  ) -> Double {
    var sum = 0.0
    var j = first
    for value in v {
      let difference = Double(x[j]) - Double(scale) * Double(value)
      sum += Double(w[j]) * difference * difference
      j += 1
    }
    return sum
  }

  /// Σ w x v and Σ w v².
  static func moments(_ x: [Float], _ w: [Float], _ v: [Float]) -> (wxv: Double, wvv: Double) {
    x.indices.reduce((0, 0)) { sums, j in
      let weighted = Double(w[j]) * Double(v[j])
      return (sums.0 + weighted * Double(x[j]), sums.1 + weighted * Double(v[j]))
    }
  }

  /// The least error of 32 weights at a scale, by trying every vector for every group.
  static func least(
    _ x: [Float], _ w: [Float], vectors: [[Float]], group: Int, scale: Float
  ) -> Double {
    var sum = 0.0
    for first in stride(from: 0, to: 32, by: group) {
      var least = Double.infinity
      for vector in vectors {
        least = min(least, error(x, w, vector[...], scale: scale, from: first))
      }
      sum += least
    }
    return sum
  }
}
