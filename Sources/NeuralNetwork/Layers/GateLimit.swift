import LinearAlgebra
import Threads

/// Bounds of gates and of what they gate, which is raised by 1: g' = min(g, limit) and
/// u' = 1 + max(−limit, min(u, limit)).
///
/// The definition is that of gpt-oss (OpenAI 2025, `swiglu` in `gpt_oss/torch/model.py`).
struct GateLimit: Sendable {
  let limit: Float

  /// The bounded values.
  ///
  /// - Parameter gateUp: the gates and, as many columns further, what they gate.
  func bounded(_ gateUp: Matrix, on workers: Workers) -> Matrix {
    let bounded = Matrix(rows: gateUp.rows, columns: gateUp.columns)
    let width = gateUp.columns / 2
    workers.forEachRange(of: gateUp.rows, size: 16) { rows in
      for row in rows {
        let (source, target) = (gateUp[row], bounded[row])
        for gate in 0..<width { target[gate] = min(source[gate], limit) }
        for up in width..<2 * width { target[up] = 1 + max(-limit, min(source[up], limit)) }
      }
    }
    return bounded
  }

  /// Turns gates and what they gate into the gradients at them, given those at the bounded values: 0 where a
  /// bound is passed.
  func setGradient(_ gradient: Matrix, replacing gateUp: Matrix, on workers: Workers) {
    let width = gateUp.columns / 2
    workers.forEachRange(of: gateUp.rows, size: 16) { rows in
      for row in rows {
        let (source, target) = (gradient[row], gateUp[row])
        for gate in 0..<width { target[gate] = target[gate] > limit ? 0 : source[gate] }
        for up in width..<2 * width { target[up] = abs(target[up]) > limit ? 0 : source[up] }
      }
    }
  }
}
