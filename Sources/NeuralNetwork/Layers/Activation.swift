import Codecs
import KernelsC
import LinearAlgebra
import Threads

/// The function of a gated feed-forward: y = gate × σ(z) × up with z = slope × (gate + cubic × gate³).
package struct Activation: Sendable {
  let slope: Float
  let cubic: Float

  /// x × σ(x).
  package static let silu = Activation(slope: 1, cubic: 0)
  /// ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))), as ggml has it, by 1 + tanh(z) = 2 σ(2z).
  package static let gelu = Activation(slope: 1.595_769_1, cubic: 0.044715)

  /// The gated values.
  ///
  /// - Parameter gateUp: the gates and, as many columns further, what they gate.
  func callAsFunction(_ gateUp: Matrix, on workers: Workers) -> Matrix {
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

  /// Turns gates and what they gate into the gradients at them, given that at the gated values.
  func gradient(at dy: Matrix, replacing gateUp: Matrix, on workers: Workers) {
    let width = dy.columns
    workers.forEachRange(of: dy.rows, size: 16) { rows in
      for row in rows {
        let gate = gateUp[row]
        Kernels.active.pointee.gate_gradient(
          dy[row], Int32(width), slope, cubic, gate, gate + width)
      }
    }
  }
}
