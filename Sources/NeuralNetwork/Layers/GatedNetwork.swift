import Codecs
import KernelsC
import Threads

/// Two layers with a gate between: y = Wd (activation(Wg x) ∘ Wu x).
struct GatedNetwork: Sendable {
  /// Gates and what they gate, side by side.
  let input: Projection
  let activation: Activation
  let output: Projection

  func callAsFunction(_ x: Matrix, on workers: Workers) -> Matrix {
    output(activation(input(x, on: workers), on: workers), on: workers)
  }

  /// What a gradient at the output leads to.
  struct Gradient {
    /// The gradient at the input.
    let input: Matrix
    /// Of every token, the inner product of the output (without bias) and its gradient.
    let alignment: [Float]
  }

  /// Computes the network anew for its gradients.
  ///
  /// - Parameter experts: how many networks keep their weights in the same tensors.
  func gradient(
    _ dy: Matrix, at x: Matrix, experts: Int = 1, sums: inout CalibrationSums, on workers: Workers
  ) -> Gradient {
    let gateUp = input(x, on: workers)
    let gated = activation(gateUp, on: workers)
    sums.add(output, slices: experts, inputs: gated, gradients: dy, on: workers)
    let dGated = output.gradient(dy, on: workers)
    let alignment = (0..<dy.rows).map { row in
      Kernels.active.pointee.dot(gated[row], dGated[row], Int32(gated.columns))
    }
    activation.gradient(at: dGated, replacing: gateUp, on: workers)
    sums.add(input, slices: experts, inputs: x, gradients: gateUp, on: workers)
    return Gradient(input: input.gradient(gateUp, on: workers), alignment: alignment)
  }
}
