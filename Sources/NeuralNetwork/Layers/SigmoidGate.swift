import Codecs
import KernelsC
import LinearAlgebra
import Threads

/// Features that gates let through: y = x σ(gate). With features as their own gates it is SiLU.
enum SigmoidGate {
  /// The features that the gates let through.
  static func output(_ x: Matrix, gates: Matrix, on workers: Workers) -> Matrix {
    let y = Matrix(rows: x.rows, columns: x.columns)
    workers.forEachRange(of: x.rows, size: 16) { rows in
      for row in rows {
        Kernels.active.pointee.sigmoid_gate(gates[row], x[row], Int32(x.columns), y[row])
      }
    }
    return y
  }

  /// Turns features and their gates into the gradients at them, given that at the output.
  static func setGradients(
    at dy: Matrix, replacing x: Matrix, gates: Matrix, on workers: Workers
  ) {
    workers.forEachRange(of: x.rows, size: 16) { rows in
      for row in rows {
        Kernels.active.pointee.sigmoid_gate_gradient(
          dy[row], Int32(x.columns), gates[row], x[row])
      }
    }
  }
}
