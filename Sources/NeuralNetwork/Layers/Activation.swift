import Codecs
import KernelsC
import LinearAlgebra
import Threads

/// The function of a feed-forward, x × σ(z) with z = slope × (x + cubic × x³). Of a gated one it is that of the
/// gates, whose values are multiplied with what they gate.
package struct Activation: Sendable {
  let slope: Float
  let cubic: Float
  /// The bounds of gates and of what they gate, where they have any.
  var limit: GateLimit?

  /// x × σ(x).
  package static let silu = Activation(slope: 1, cubic: 0)
  /// ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))), as ggml has it, by 1 + tanh(z) = 2 σ(2z).
  package static let gelu = Activation(slope: 1.595_769_1, cubic: 0.044715)
  /// x × σ(1.702 x) of bounded values, as gpt-oss has it.
  package static let boundedSwish = Activation(
    slope: 1.702, cubic: 0, limit: GateLimit(limit: 7))

  /// The gated values.
  ///
  /// - Parameter gateUp: the gates and, as many columns further, what they gate.
  func callAsFunction(_ gateUp: Matrix, on workers: Workers) -> Matrix {
    let gateUp = limit?.bounded(gateUp, on: workers) ?? gateUp
    let width = gateUp.columns / 2
    let y = Matrix(rows: gateUp.rows, columns: width)
    workers.forEachRange(of: y.rows, size: 16) { rows in
      for row in rows {
        let gate = gateUp[row]
        Kernels.active.pointee.gate(gate, gate + width, Int32(width), slope, cubic, y[row])
      }
    }
    return y
  }

  /// The values of features without gates.
  func callAsFunction(plain x: Matrix, on workers: Workers) -> Matrix {
    let y = Matrix(rows: x.rows, columns: x.columns)
    let ones = [Float](repeating: 1, count: x.columns)
    workers.forEachRange(of: x.rows, size: 16) { rows in
      for row in rows {
        Kernels.active.pointee.gate(x[row], ones, Int32(x.columns), slope, cubic, y[row])
      }
    }
    return y
  }

  /// Turns the gradient at the values of features without gates into that at the features `x`, which are
  /// overwritten.
  func turnIntoGradient(_ dy: Matrix, at x: Matrix, on workers: Workers) {
    workers.forEachRange(of: x.rows, size: 16) { rows in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: x.columns) { ones in
        for row in rows {
          // Each is gated by itself: what is multiplied with it is 1.
          ones.initialize(repeating: 1)
          Kernels.active.pointee.gate_gradient(
            dy[row], Int32(x.columns), slope, cubic, x[row], ones.baseAddress!)
          dy[row].update(from: x[row], count: x.columns)
        }
      }
    }
  }

  /// Turns gates and what they gate into the gradients at them, given that at the gated values.
  func gradient(at dy: Matrix, replacing gateUp: Matrix, on workers: Workers) {
    let bounded = limit?.bounded(gateUp, on: workers) ?? gateUp
    let width = dy.columns
    workers.forEachRange(of: dy.rows, size: 16) { rows in
      for row in rows {
        let gate = bounded[row]
        Kernels.active.pointee.gate_gradient(
          dy[row], Int32(width), slope, cubic, gate, gate + width)
      }
    }
    limit?.setGradient(bounded, replacing: gateUp, on: workers)
  }
}
