import LinearAlgebra
import Threads

/// Two layers with an activation between, without gates: y = Wd activation(Wu x).
struct PlainNetwork: FeedForward {
  let input: Projection
  let activation: Activation
  let output: Projection

  func callAsFunction(_ x: Matrix, on workers: Workers) -> Matrix {
    let hidden = input(x, on: workers)
    return output(activation(plain: hidden, on: workers), on: workers)
  }

  func gradient(
    _ dy: Matrix, at x: Matrix, sums: inout CalibrationSums, on workers: Workers
  ) -> Matrix {
    let hidden = input(x, on: workers)
    let active = activation(plain: hidden, on: workers)
    sums.add(output, inputs: active, gradients: dy, on: workers)
    let dHidden = output.gradient(dy, on: workers)
    activation.turnIntoGradient(dHidden, at: hidden, on: workers)
    sums.add(input, inputs: x, gradients: dHidden, on: workers)
    return input.gradient(dHidden, on: workers)
  }
}
