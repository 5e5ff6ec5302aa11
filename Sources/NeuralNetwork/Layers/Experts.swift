import Codecs
import KernelsC
import LinearAlgebra
import Threads

/// A mixture of gated networks: a router sends every token to a few experts, whose outputs are summed by
/// their shares; or each reads the token times its share, and the outputs are summed as they are. An expert that all tokens share may stand beside them.
///
/// Only one expert's weights are in memory at a time, and those of the shared one.
struct Experts: FeedForward {
  let router: Projection
  let policy: RoutingPolicy
  /// What is added to the scores of experts for the choice alone, in models that have it.
  let selectionBias: [Float]?
  /// What the outputs of experts are multiplied by, in models that have it.
  let outputScales: [Float]?
  let tensors: ExpertTensors
  /// How many experts a token is sent to.
  let used: Int
  /// The expert of all tokens, in models that have one.
  let shared: SharedExpert?
  /// How far errors of quantization move what the router compares; nil where choices count as they are.
  let spread: Float?
  let loader: WeightLoader

  func callAsFunction(_ x: Matrix, on workers: Workers) throws -> Matrix {
    try self(x, routedBy: x, on: workers)
  }

  func gradient(
    _ dy: Matrix, at x: Matrix, sums: inout CalibrationSums, on workers: Workers
  ) throws -> Matrix {
    let gradients = try gradients(dy, at: x, routedBy: x, sums: &sums, on: workers)
    gradients.input.add(gradients.routerInput, on: workers)
    return gradients.input
  }

  /// The output for every token, where the router reads something else than the experts.
  func callAsFunction(
    _ x: Matrix, routedBy routerInput: Matrix, on workers: Workers
  ) throws -> Matrix {
    let y = shared?(x, on: workers) ?? Matrix.zeros(rows: x.rows, columns: x.columns)
    for (expert, visits) in routes(of: routerInput, on: workers).visits.enumerated()
    where !visits.isEmpty {
      let network = try tensors.load(expert, from: loader, on: workers)
      let output = network(input(x, of: visits), on: workers)
      if policy.weighs == .outputs { output.scaleRows(by: visits) }
      y.scatter(adding: output, to: visits)
    }
    return y
  }

  /// The gradients at what experts and the router read, given that at the output.
  func gradients(
    _ dy: Matrix, at x: Matrix, routedBy routerInput: Matrix, sums: inout CalibrationSums,
    on workers: Workers
  ) throws -> (input: Matrix, routerInput: Matrix) {
    let routes = routes(of: routerInput, on: workers)
    let dx = Matrix.zeros(rows: x.rows, columns: x.columns)
    var alignments = [[Float]](repeating: [], count: tensors.count)
    var (products, arrivals) = (alignments, alignments)
    for (expert, visits) in routes.visits.enumerated() {
      let possible = routes.arrivals(of: expert)
      guard !visits.isEmpty || !possible.isEmpty else { continue }
      let network = try tensors.load(expert, from: loader, on: workers)
      arrivals[expert] = self.products(of: network, for: possible, x, dy, on: workers)
      guard !visits.isEmpty else { continue }
      let input = input(x, of: visits)
      let dOutput = dy.gathered(visits)
      if policy.weighs == .outputs { dOutput.scaleRows(by: visits) }
      let gradients = network.gradients(
        dOutput, at: input, experts: tensors.count, sums: &sums, on: workers)
      products[expert] = gradients.alignments
      switch policy.weighs {
      case .outputs:
        alignments[expert] = gradients.alignments
      case .inputs:
        alignments[expert] = input.rowProducts(gradients.input)
        gradients.input.scaleRows(by: visits)
      }
      dx.scatter(adding: gradients.input, to: visits)
    }
    let dOutputs = routes.gradient(
      alignments: alignments, products: products, arrivals: arrivals)
    sums.add(router, inputs: routerInput, gradients: dOutputs, on: workers)
    if let shared {
      dx.add(shared.gradient(dy, at: x, sums: &sums, on: workers), on: workers)
    }
    return (dx, router.gradient(dOutputs, on: workers))
  }

  /// For each visit the inner product of what the expert would add to the token and the gradient there.
  private func products(
    of network: GatedNetwork, for visits: [Routes.Visit], _ x: Matrix, _ dy: Matrix,
    on workers: Workers
  ) -> [Float] {
    guard !visits.isEmpty else { return [] }
    let output = network(input(x, of: visits), on: workers)
    if policy.weighs == .outputs { output.scaleRows(by: visits) }
    return output.rowProducts(dy.gathered(visits))
  }

  /// What the visiting tokens give an expert to read.
  private func input(_ x: Matrix, of visits: [Routes.Visit]) -> Matrix {
    let input = x.gathered(visits)
    if policy.weighs == .inputs { input.scaleRows(by: visits) }
    return input
  }

  private func routes(of x: Matrix, on workers: Workers) -> Routes {
    Routes(
      outputs: router(x, on: workers), used: used, policy, bias: selectionBias,
      scales: outputScales, spread: spread)
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

  /// The inner product of every row and that of another matrix.
  fileprivate func rowProducts(_ other: Matrix) -> [Float] {
    (0..<rows).map { Kernels.active.pointee.dot(self[$0], other[$0], Int32(columns)) }
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
