import Codecs
import Threads

/// A mixture of gated networks: a router sends every token to the few experts it scores highest, whose
/// outputs are summed by the softmax of their scores.
///
/// Only one expert's weights are in memory at a time.
struct Experts: Sendable {
  let router: Projection
  let tensors: ExpertTensors
  /// How many experts a token is sent to.
  let used: Int
  let source: Weights

  func callAsFunction(_ x: Matrix, on workers: Workers) throws -> Matrix {
    let routes = Routes(scores: router(x, on: workers), used: used)
    let y = Matrix.zeros(rows: x.rows, columns: x.columns)
    for (expert, visits) in routes.visits.enumerated() where !visits.isEmpty {
      let network = try tensors.load(expert, from: source, on: workers)
      let output = network(x.gathered(visits), on: workers)
      output.scaleRows(by: visits)
      y.scatter(adding: output, to: visits)
    }
    return y
  }

  /// The gradient at the input, given that at the output.
  ///
  /// The share of expert i is wᵢ = softmax(r)ᵢ over the used ones, so dr = w ∘ (dw − w · dw); and
  /// wᵢ dwᵢ is the alignment of the expert's output with its own gradient, wᵢ dy.
  func gradient(
    _ dy: Matrix, at x: Matrix, sums: inout CalibrationSums, on workers: Workers
  ) throws -> Matrix {
    let routes = Routes(scores: router(x, on: workers), used: used)
    let dx = Matrix.zeros(rows: x.rows, columns: x.columns)
    let dScores = Matrix.zeros(rows: x.rows, columns: routes.visits.count)
    for (expert, visits) in routes.visits.enumerated() where !visits.isEmpty {
      let network = try tensors.load(expert, from: source, on: workers)
      let dOutput = dy.gathered(visits)
      dOutput.scaleRows(by: visits)
      let gradient = network.gradient(
        dOutput, at: x.gathered(visits), experts: tensors.count, sums: &sums, on: workers)
      dx.scatter(adding: gradient.input, to: visits)
      for (visit, alignment) in zip(visits, gradient.alignment) {
        dScores[visit.token][expert] = alignment
      }
    }
    let total = (0..<x.rows).map { dScores.row($0).reduce(0, +) }
    for (expert, visits) in routes.visits.enumerated() {
      for visit in visits { dScores[visit.token][expert] -= visit.share * total[visit.token] }
    }
    sums.add(router, inputs: x, gradients: dScores, on: workers)
    dx.add(router.gradient(dScores, on: workers), on: workers)
    return dx
  }
}

extension Matrix {
  /// The rows of the visiting tokens.
  fileprivate func gathered(_ visits: [Routes.Visit]) -> Matrix {
    let gathered = Matrix(rows: visits.count, columns: columns)
    for (row, visit) in visits.enumerated() {
      gathered[row].update(from: self[visit.token], count: columns)
    }
    return gathered
  }

  /// Multiplies every row by its visit's share.
  fileprivate func scaleRows(by visits: [Routes.Visit]) {
    for (row, visit) in visits.enumerated() { rows(row..<row + 1).scale(by: visit.share) }
  }

  /// Adds rows to those of the visiting tokens.
  fileprivate func scatter(adding gathered: Matrix, to visits: [Routes.Visit]) {
    for (row, visit) in visits.enumerated() {
      let (target, source) = (self[visit.token], gathered[row])
      for column in 0..<columns { target[column] += source[column] }
    }
  }
}
