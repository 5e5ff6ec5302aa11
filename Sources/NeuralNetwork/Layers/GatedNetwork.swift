import Codecs
import KernelsC
import LinearAlgebra
import Threads

/// Two layers with a gate between: y = Wd (activation(Wg x) ∘ Wu x).
struct GatedNetwork: FeedForward {
  /// Gates and what they gate, side by side.
  let input: Projection
  let activation: Activation
  let output: Projection

  func callAsFunction(_ x: Matrix, on workers: Workers) -> Matrix {
    output(activation(input(x, on: workers), on: workers), on: workers)
  }

  func gradient(
    _ dy: Matrix, at x: Matrix, sums: inout CalibrationSums, on workers: Workers
  ) -> Matrix {
    gradients(dy, at: x, sums: &sums, on: workers).input
  }

  /// What a gradient at the output leads to.
  struct Gradients {
    /// The gradient at the input.
    let input: Matrix
    /// For every token the inner product of the output and its gradient.
    let alignments: [Float]
  }

  /// Computes the network anew for its gradients.
  ///
  /// - Parameter experts: how many networks keep their weights in the same tensors.
  func gradients(
    _ dy: Matrix, at x: Matrix, experts: Int = 1, sums: inout CalibrationSums, on workers: Workers
  ) -> Gradients {
    let gateUp = input(x, on: workers)
    let gated = activation(gateUp, on: workers)
    sums.add(output, slices: experts, inputs: gated, gradients: dy, on: workers)
    let dGated = output.gradient(dy, on: workers)
    let dot = Kernels.active.pointee.dot!
    let bias = output.parts[0].bias
    let alignments = (0..<dy.rows).map { row in
      dot(gated[row], dGated[row], Int32(gated.columns))
        + (bias.map { dot($0, dy[row], Int32(dy.columns)) } ?? 0)
    }
    activation.gradient(at: dGated, replacing: gateUp, on: workers)
    sums.add(input, slices: experts, inputs: x, gradients: gateUp, on: workers)
    return Gradients(input: input.gradient(gateUp, on: workers), alignments: alignments)
  }
}
