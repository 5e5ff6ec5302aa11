/// What an encoder weighs the squared error of a weight x by, given the importance h of its column.
package enum Weighting: String, Sendable, CaseIterable {
  /// h: the loss that a plan predicts.
  case importance
  /// h √(σ² + x²), σ² twice the mean square of the 256 weights around: what llama.cpp and
  /// ik_llama.cpp minimise, to favour large weights.
  case heuristic

  /// Writes the heuristic's weights of a row's squared errors.
  ///
  /// - Parameters:
  ///   - importance: of each column; nil is 1.
  ///   - weights: room for as many as `x` has.
  static func heuristicWeights(
    of x: UnsafeBufferPointer<Float>, importance: ArraySlice<Float>?,
    into weights: UnsafeMutableBufferPointer<Float>
  ) {
    // The weights matter up to a factor: one that keeps the squares of huge rows finite, and leaves all other
    // rows as they are.
    let largest = x.reduce(0) { max($0, abs($1)) }
    let factor: Float = largest < 0x1p58 ? 1 : 0x1p-70
    for start in stride(from: 0, to: x.count, by: 256) {
      let range = start..<min(start + 256, x.count)
      let energy = range.reduce(Float(0)) { $0 + (x[$1] * factor) * (x[$1] * factor) }
      let variance = 2 * energy / Float(range.count)
      for index in range {
        let scaled = x[index] * factor
        weights[index] = (variance + scaled * scaled).squareRoot()
      }
      if let importance {
        for index in range {
          weights[index] = importance[importance.startIndex + index] * weights[index]
        }
      }
    }
  }
}
