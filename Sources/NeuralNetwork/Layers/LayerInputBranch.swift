import LinearAlgebra
import Threads

/// The branch by which a layer takes up what it is given of the tokens: y = x + norm(Wo (activation(Wg x) ∘ p)).
struct LayerInputBranch: Sendable {
  let gate: Projection
  let activation: Activation
  let output: Projection
  let norm: RootMeanSquareNorm
  /// Where p stands among what all layers are given.
  let columns: Range<Int>

  /// The features behind the branch, given those before it.
  func callAsFunction(_ x: Matrix, beside side: SideFeatures, on workers: Workers) -> Matrix {
    let gated = activation(gateUp(x, side, on: workers), on: workers)
    let y = norm(output(gated, on: workers), on: workers)
    y.add(x, on: workers)
    return y
  }

  /// The gradient before the branch, given that behind it; `side` gets that at p.
  func gradient(
    _ dy: Matrix, at x: Matrix, beside side: SideFeatures, sums: inout CalibrationSums,
    on workers: Workers
  ) -> Matrix {
    let gateUp = gateUp(x, side, on: workers)
    let gated = activation(gateUp, on: workers)
    let dBranch = dy.copy()
    norm.replaceGradient(dBranch, at: output(gated, on: workers), on: workers)
    sums.add(output, inputs: gated, gradients: dBranch, on: workers)
    activation.gradient(
      at: output.gradient(dBranch, on: workers), replacing: gateUp, on: workers)
    let dGate = gateUp.columns(0..<columns.count)
    sums.add(gate, inputs: x, gradients: dGate, on: workers)
    side.set(
      layerInputGradient: gateUp.columns(columns.count..<2 * columns.count), at: columns)
    let dx = gate.gradient(dGate, on: workers)
    dx.add(dy, on: workers)
    return dx
  }

  /// The gates and, beside them, p.
  private func gateUp(_ x: Matrix, _ side: SideFeatures, on workers: Workers) -> Matrix {
    guard let inputs = side.layerInputs else { preconditionFailure("layers are given nothing") }
    let gateUp = Matrix(rows: x.rows, columns: 2 * columns.count)
    gateUp.columns(0..<columns.count).assign(gate(x, on: workers))
    gateUp.columns(columns.count..<2 * columns.count).assign(inputs.columns(columns))
    return gateUp
  }
}
