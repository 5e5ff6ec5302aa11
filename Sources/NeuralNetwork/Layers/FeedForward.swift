import Threads

/// The second half of a block: x + network(norm(x)).
struct FeedForward: Sendable {
  let norm: RootMeanSquareNorm
  let body: Body
  /// The norm behind the layer, in models that have one.
  let postNorm: RootMeanSquareNorm?

  enum Body: Sendable {
    case dense(GatedNetwork)
    case experts(Experts)

    func callAsFunction(_ x: Matrix, on workers: Workers) throws -> Matrix {
      switch self {
      case .dense(let network): network(x, on: workers)
      case .experts(let experts): try experts(x, on: workers)
      }
    }

    func gradient(
      _ dy: Matrix, at x: Matrix, sums: inout CalibrationSums, on workers: Workers
    ) throws -> Matrix {
      switch self {
      case .dense(let network): network.gradient(dy, at: x, sums: &sums, on: workers).input
      case .experts(let experts): try experts.gradient(dy, at: x, sums: &sums, on: workers)
      }
    }
  }

  func callAsFunction(_ x: Matrix, on workers: Workers) throws -> Matrix {
    let y = try body(norm(x, on: workers), on: workers)
    postNorm?.normalize(y, into: y, on: workers)
    y.add(x, on: workers)
    return y
  }

  /// The gradient at the input, given that at the output. What leads to the output is computed anew, the
  /// output itself only where a norm behind it needs it.
  func gradient(
    _ dy: Matrix, at x: Matrix, sums: inout CalibrationSums, on workers: Workers
  ) throws -> Matrix {
    let normed = norm(x, on: workers)
    var dBranch = dy
    if postNorm != nil {
      dBranch = postNorm.gradient(at: try body(normed, on: workers), dy, on: workers)
    }
    let dNormed = try body.gradient(dBranch, at: normed, sums: &sums, on: workers)
    let dx = dy.copy()
    norm.addGradient(at: x, dNormed, to: dx, on: workers)
    return dx
  }
}
