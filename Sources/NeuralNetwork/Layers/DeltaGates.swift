import LinearAlgebra
import Threads

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How much each head of a delta rule forgets and learns at each token, `tokens × heads`.
struct DeltaGates: Sendable {
  /// The logarithms of what a state is multiplied by, g = a × softplus(α + b), as a rule negative.
  let decays: Matrix
  /// How far a state moves towards a new value, σ(β), from 0 to 1.
  let strengths: Matrix

  /// Room for the gates of some tokens.
  init(tokens: Int, heads: Int) {
    decays = Matrix(rows: tokens, columns: heads)
    strengths = Matrix(rows: tokens, columns: heads)
  }
}

/// What makes gates of features: the vectors `ssm_a` and `ssm_dt.bias` of a layer, a value for each head.
struct DeltaGateRule: Sendable {
  /// The rates a of the decay, as a rule negative.
  let rates: [Float]
  /// The biases b of the decay.
  let biases: [Float]

  /// The gates of some tokens.
  ///
  /// - Parameter inputs: β of all heads and then α of all heads.
  func callAsFunction(_ inputs: Matrix, on workers: Workers) -> DeltaGates {
    let heads = rates.count
    let gates = DeltaGates(tokens: inputs.rows, heads: heads)
    workers.forEachRange(of: inputs.rows, size: 32) { rows in
      for row in rows {
        let input = inputs[row]
        for head in 0..<heads {
          gates.strengths[row][head] = sigmoid(input[head])
          gates.decays[row][head] = rates[head] * softplus(input[heads + head] + biases[head])
        }
      }
    }
    return gates
  }

  /// Sets the gradients at the inputs, given those at the gates.
  func setGradient(
    _ dInputs: Matrix, at inputs: Matrix, _ dGates: DeltaGates, on workers: Workers
  ) {
    let heads = rates.count
    workers.forEachRange(of: inputs.rows, size: 32) { rows in
      for row in rows {
        let (input, gradient) = (inputs[row], dInputs[row])
        for head in 0..<heads {
          let strength = sigmoid(input[head])
          gradient[head] = dGates.strengths[row][head] * strength * (1 - strength)
          gradient[heads + head] =
            dGates.decays[row][head] * rates[head] * sigmoid(input[heads + head] + biases[head])
        }
      }
    }
  }

  private func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }

  /// log(1 + e^x).
  private func softplus(_ x: Float) -> Float { max(x, 0) + log1p(exp(-abs(x))) }
}
