import Codecs
import KernelsC
package import LinearAlgebra
import Threads

/// The last layer, its weights in memory: from a token's features to the logits of the next token.
package struct OutputHead: Sendable {
  let projection: Projection
  /// What logits are multiplied by.
  let scale: Float
  /// The bound of logits, where they have one.
  let cap: Float?
  let workers: Workers

  /// For how many tokens the logits take about 32 MiB, and 64 at least, fewer of which would make poor
  /// use of the weights.
  package var tokensAtATime: Int { max(64, min(1024, 8 << 20 / projection.outputs)) }

  /// The logits of some tokens, `tokens × vocabulary`.
  ///
  /// Vocabularies are large: pass `tokensAtATime` rows.
  package func logits(of hidden: Matrix) -> Matrix {
    let logits = projection(hidden, on: workers)
    if scale != 1 { logits.scale(by: scale) }
    if let cap {
      workers.forEach(logits.rows) { row in
        Kernels.active.pointee.soft_cap(logits[row], Int32(logits.columns), cap)
      }
    }
    return logits
  }

  /// The rows of some features that go through the head together.
  func pieces(of hidden: Matrix) -> [Range<Int>] {
    stride(from: 0, to: hidden.rows, by: tokensAtATime).map {
      $0..<min($0 + tokensAtATime, hidden.rows)
    }
  }

  /// The gradient at the features, for labels that are sampled from the model's own distribution:
  /// d logits = p − label, the expectation of whose square is the Fisher information.
  ///
  /// - Parameter draws: for each token a number in 0 ..< 1 that chooses its label.
  package func gradient(
    at hidden: Matrix, draws: [Double], sums: inout CalibrationSums
  ) -> Matrix {
    let dLogits = logitGradient(at: hidden) { row, shares in
      Self.label(shares, draw: draws[row])
    }
    sums.add(projection, inputs: hidden, gradients: dLogits, on: workers)
    return projection.gradient(dLogits, on: workers)
  }

  /// The gradient at what the projection gives for some tokens, `tokens × vocabulary`, for these labels.
  func logitGradient(at hidden: Matrix, labels: [Int32]) -> Matrix {
    logitGradient(at: hidden) { row, _ in Int(labels[row]) }
  }

  /// The gradient at what the projection gives for some tokens: that at the logits is p − label.
  ///
  /// - Parameter label: gives that of a row, given its probabilities.
  private func logitGradient(
    at hidden: Matrix, label: @Sendable (Int, UnsafeMutableBufferPointer<Float>) -> Int
  ) -> Matrix {
    let logits = logits(of: hidden)
    let dLogits = cap == nil ? logits : logits.copy()
    workers.forEach(logits.rows) { row in
      let kernels = Kernels.active.pointee
      let gradient = dLogits.row(row)
      _ = kernels.softmax(gradient.baseAddress!, Int32(gradient.count))
      gradient[label(row, gradient)] -= 1
      if let cap {
        kernels.soft_cap_gradient(
          logits[row], gradient.baseAddress!, Int32(gradient.count), cap)
      }
    }
    if scale != 1 { dLogits.scale(by: scale) }
    return dLogits
  }

  /// For each token a label that is sampled from the model's distribution, of any number of tokens.
  func labels(at hidden: Matrix, draws: [Double]) -> [Int32] {
    pieces(of: hidden).flatMap { sample(logits(of: hidden.rows($0)), draws: Array(draws[$0])) }
  }

  /// The likeliest token of each of any number of tokens, of equally likely ones the first.
  func likeliest(at hidden: Matrix) -> [Int32] {
    pieces(of: hidden).flatMap { rows in
      let logits = logits(of: hidden.rows(rows))
      return (0..<logits.rows).map { Kernels.active.pointee.top(logits[$0], Int32(logits.columns)) }
    }
  }

  /// For each row of logits a token from their distribution, at temperature 1.
  ///
  /// - Parameter draws: for each row a number in 0 ..< 1 that chooses the token.
  func sample(_ logits: Matrix, draws: [Double]) -> [Int32] {
    workers.forEach(logits.rows) { row in
      _ = Kernels.active.pointee.softmax(logits[row], Int32(logits.columns))
    }
    return draws.enumerated().map { Int32(Self.label(logits.row($0), draw: $1)) }
  }

  /// The first token up to which the probabilities exceed `draw`.
  package static func label(_ probabilities: UnsafeMutableBufferPointer<Float>, draw: Double) -> Int
  {
    var sum = 0.0
    for (token, probability) in probabilities.enumerated() {
      sum += Double(probability)
      if sum > draw { return token }
    }
    // Rounding may leave the sum short of 1.
    return probabilities.lastIndex { $0 > 0 } ?? 0
  }
}
