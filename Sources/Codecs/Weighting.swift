/// What an encoder weighs the squared error of a weight x by, given the importance h of its column.
package enum Weighting: String, Sendable, CaseIterable {
  /// h: the loss that a plan predicts.
  case importance
  /// h √(σ² + x²), σ² twice the mean square of the 256 weights around: what llama.cpp and
  /// ik_llama.cpp minimise, to favour large weights.
  case heuristic

  /// Calls `body` with the weights of a row's squared errors; with nil where all count alike.
  func withErrorWeights(
    of x: UnsafeBufferPointer<Float>, importance: UnsafeBufferPointer<Float>?,
    _ body: (UnsafeBufferPointer<Float>?) -> Void
  ) {
    guard self == .heuristic else { return body(importance) }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: x.count) { weights in
      for start in stride(from: 0, to: x.count, by: 256) {
        let range = start..<min(start + 256, x.count)
        let energy = range.reduce(Float(0)) { $0 + x[$1] * x[$1] }
        let variance = 2 * energy / Float(range.count)
        for index in range {
          let h = importance?[index] ?? 1
          weights[index] = h * (variance + x[index] * x[index]).squareRoot()
        }
      }
      body(UnsafeBufferPointer(weights))
    }
  }
}
