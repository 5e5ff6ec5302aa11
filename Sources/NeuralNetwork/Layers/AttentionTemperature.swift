import LinearAlgebra

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Makes attention sharper the later a token stands: the queries of position p are multiplied by
/// 1 + scale × ln(1 + ⌊(p + offset) / length⌋).
///
/// The formula is that of Ministral 3 and, with an offset of 1, of Llama 4 in transformers (`modeling_ministral3.py`,
/// `modeling_llama4.py`).
struct AttentionTemperature: Sendable, Hashable {
  let scale: Double
  /// How many positions share a factor.
  let length: Int
  /// By how many positions the factor is ahead.
  var offset = 0

  /// What queries of a position are multiplied by.
  func factor(at position: Int) -> Float {
    Float(1 + scale * log(1 + Double((position + offset) / length)))
  }

  /// Multiplies every row by the factor of its position.
  func scale(_ queries: Matrix, at positions: [Int]) {
    for (row, position) in positions.enumerated() {
      queries.rows(row..<row + 1).scale(by: factor(at: position))
    }
  }
}
