package import GGUF
package import Planning

/// A target that no plan can meet.
package struct InfeasibleTarget: ClassifiedError {
  package let path: String
  package let target: PlanTarget
  /// The pool that is too small, where there are several.
  package let pool: String?
  /// The bytes that could be spent.
  package let budget: Int
  /// What the smallest and the best plan take, in the bytes that the target counts.
  package let feasible: ClosedRange<Int>
  /// Weights in all tensors.
  package let elements: Int

  package var kind: ErrorKind { .infeasible }

  package var description: String {
    let most = "from \(feasible.lowerBound) to \(feasible.upperBound) bytes"
    let bits =
      "with the types allowed the model takes from \(bitsPerWeight(feasible.lowerBound)) to "
      + "\(bitsPerWeight(feasible.upperBound))"
    let problem =
      switch target {
      case .fileBytes:
        "no plan fits \(budget) bytes: with the types allowed the file takes \(most)"
      case .bitsPerWeight(let asked): "no plan fits \(asked) bits per weight: \(bits)"
      case .skeleton: "no plan within the constraints is as small as the skeleton: \(bits)"
      // Its budget holds every plan.
      case .speed: "no plan is small enough"
      case .memory:
        "no plan fits the \(budget) bytes\(pool.map { " of --\($0)" } ?? ""): with the types allowed "
          + "the weights and what is kept beside them take \(most)"
      }
    return "\(path.escaped): \(problem)"
  }

  /// Four decimals, rounded such that the figure is itself feasible.
  private func bitsPerWeight(_ bytes: Int) -> Double {
    (BitsPerWeight.of(bytes: bytes, weights: elements) * 1e4).rounded(.up) / 1e4
  }
}

/// A speed that no plan reaches.
package struct InfeasibleSpeed: ClassifiedError {
  package let path: String
  package let problem: PlanError
  package var kind: ErrorKind { problem.kind }
  package var description: String { "\(path.escaped): \(problem)" }
}
