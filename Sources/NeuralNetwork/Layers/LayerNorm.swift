/// Moves a group of features to a mean of 0, scales them to a variance of 1, and then each by its weight; a bias
/// may be added: y = w (x − mean(x)) r + b with r = 1 / √(variance(x) + ε).
///
/// The variance is the mean square of what has a mean of 0, so the rest is a root mean square norm.
struct LayerNorm: Norm {
  /// What is done to features that were moved.
  let scaling: RootMeanSquareNorm
  /// As many as there are weights; nil without.
  let biases: [Float]?

  var width: Int { scaling.width }

  func normalize(_ x: UnsafePointer<Float>, group: Int, into y: UnsafeMutablePointer<Float>) {
    centre(x, into: y)
    scaling.normalize(y, group: group, into: y)
    guard let biases else { return }
    let start = group * width % biases.count
    for column in 0..<width { y[column] += biases[start + column] }
  }

  /// dx = d − mean(d), where d is the gradient at the moved features.
  func setGradient(
    _ dx: UnsafeMutablePointer<Float>, at x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    group: Int
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { centred in
      let centred = centred.baseAddress!
      centre(x, into: centred)
      scaling.setGradient(dx, at: centred, dy, group: group)
    }
    centre(dx, into: dx)
  }

  /// Sets `y`, which may be `x`, to the features less their mean.
  private func centre(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
    var sum = 0.0
    for column in 0..<width { sum += Double(x[column]) }
    let mean = Float(sum / Double(width))
    for column in 0..<width { y[column] = x[column] - mean }
  }
}
