import Codecs
import KernelsC
import LinearAlgebra
import Threads

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The expert that all tokens share, weighed by a gate of its own in models that have one: y = σ(g·x) × network(x).
struct SharedExpert: FeedForward {
  let network: GatedNetwork
  /// The weights g of features in the gate; nil where the expert counts in full.
  let gate: [Float]?

  func callAsFunction(_ x: Matrix, on workers: Workers) -> Matrix {
    let y = network(x, on: workers)
    if let gate { y.scaleRows(by: shares(of: x, gate)) }
    return y
  }

  func gradient(
    _ dy: Matrix, at x: Matrix, sums: inout CalibrationSums, on workers: Workers
  ) -> Matrix {
    guard let gate else { return network.gradient(dy, at: x, sums: &sums, on: workers) }
    let shares = shares(of: x, gate)
    let dOutput = dy.copy()
    dOutput.scaleRows(by: shares)
    let gradients = network.gradients(dOutput, at: x, sums: &sums, on: workers)
    // The alignments have the share as a factor already, and σ' = σ (1 − σ).
    for (row, share) in shares.enumerated() {
      Kernels.active.pointee.add_combination(
        gradients.alignments[row] * (1 - share), gate, 0, gate, Int32(gate.count),
        gradients.input[row])
    }
    return gradients.input
  }

  /// What each token takes of the expert.
  private func shares(of x: Matrix, _ gate: [Float]) -> [Float] {
    (0..<x.rows).map { row in
      1 / (1 + exp(-Kernels.active.pointee.dot(x[row], gate, Int32(gate.count))))
    }
  }
}

extension Matrix {
  /// Multiplies every row by a factor of its own.
  fileprivate func scaleRows(by factors: [Float]) {
    for (row, factor) in factors.enumerated() { rows(row..<row + 1).scale(by: factor) }
  }
}
