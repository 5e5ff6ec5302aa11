import GGUF

/// A target that no plan can meet.
package struct InfeasibleTarget: Error, CustomStringConvertible {
  package let path: String
  package let target: PlanRequest.Target
  /// What the smallest and the best plan take, in the bytes that the target counts.
  package let feasible: ClosedRange<Int>
  /// Weights in all tensors.
  package let elements: Int

  package var description: String {
    switch target {
    case .fileBytes(let bytes):
      "\(path.escaped): no plan fits \(bytes) bytes: with the types allowed the file takes from "
        + "\(feasible.lowerBound) to \(feasible.upperBound) bytes"
    case .bitsPerWeight(let bits):
      "\(path.escaped): no plan fits \(bits) bits per weight: with the types allowed the model takes "
        + "from \(bitsPerWeight(feasible.lowerBound)) to "
        + "\(bitsPerWeight(feasible.upperBound))"
    }
  }

  /// Four decimals, rounded such that the figure is itself feasible.
  private func bitsPerWeight(_ bytes: Int) -> Double {
    (8 * Double(bytes) / Double(max(elements, 1)) * 1e4).rounded(.up) / 1e4
  }
}
