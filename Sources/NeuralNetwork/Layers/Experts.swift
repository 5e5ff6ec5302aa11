import LinearAlgebra
import Threads

/// A mixture of gated networks: a router sends every token to a few experts, whose outputs are summed by
/// their shares. An expert that all tokens share may stand beside them.
///
/// Only one expert's weights are in memory at a time, and those of the shared one.
struct Experts: FeedForward {
  let router: Projection
  let policy: RoutingPolicy
  /// What is added to the scores of experts for the choice alone, in models that have it.
  let selectionBias: [Float]?
  let tensors: ExpertTensors
  /// How many experts a token is sent to.
  let used: Int
  /// The expert of all tokens, in models that have one.
  let shared: SharedExpert?
  let loader: WeightLoader

  func callAsFunction(_ x: Matrix, on workers: Workers) throws -> Matrix {
    let y = shared?(x, on: workers) ?? Matrix.zeros(rows: x.rows, columns: x.columns)
    for (expert, visits) in routes(of: x, on: workers).visits.enumerated() where !visits.isEmpty {
      let network = try tensors.load(expert, from: loader, on: workers)
      let output = network(x.gathered(visits), on: workers)
      output.scaleRows(by: visits)
      y.scatter(adding: output, to: visits)
    }
    return y
  }

  func gradient(
    _ dy: Matrix, at x: Matrix, sums: inout CalibrationSums, on workers: Workers
  ) throws -> Matrix {
    let routes = routes(of: x, on: workers)
    let dx = Matrix.zeros(rows: x.rows, columns: x.columns)
    var alignments = [[Float]](repeating: [], count: tensors.count)
    for (expert, visits) in routes.visits.enumerated() where !visits.isEmpty {
      let network = try tensors.load(expert, from: loader, on: workers)
      let dOutput = dy.gathered(visits)
      dOutput.scaleRows(by: visits)
      let gradients = network.gradients(
        dOutput, at: x.gathered(visits), experts: tensors.count, sums: &sums, on: workers)
      dx.scatter(adding: gradients.input, to: visits)
      alignments[expert] = gradients.alignments
    }
    let dOutputs = routes.gradient(alignments: alignments)
    sums.add(router, inputs: x, gradients: dOutputs, on: workers)
    dx.add(router.gradient(dOutputs, on: workers), on: workers)
    if let shared {
      dx.add(shared.gradient(dy, at: x, sums: &sums, on: workers), on: workers)
    }
    return dx
  }

  private func routes(of x: Matrix, on workers: Workers) -> Routes {
    Routes(outputs: router(x, on: workers), used: used, policy, bias: selectionBias)
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
