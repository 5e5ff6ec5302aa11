package import GGUF

/// The second moment H = E[x xᵀ] of the features that a slice of a weight reads, as means of squares and correlations:
/// Hᵢⱼ = rᵢⱼ √(Hᵢᵢ Hⱼⱼ).
package struct SecondMoment: @unchecked Sendable {
  // Unchecked: written before it is made, and by its only owner.

  /// Features.
  package let columns: Int
  /// The tokens that it was taken over; positive.
  package let tokens: Double
  /// Hᵢᵢ = E[xᵢ²] of each column, not negative.
  package let meanSquares: [Float]
  /// rᵢⱼ, `columns × columns`, both triangles: 1 on the diagonal, and 0 where one of both columns is always zero, on the
  /// diagonal too.
  package let correlations: AlignedBuffer<Float>

  /// - Precondition: `meanSquares` has `columns` values and `correlations` their square.
  package init(
    columns: Int, tokens: Double, meanSquares: [Float], correlations: AlignedBuffer<Float>
  ) {
    precondition(
      meanSquares.count == columns && correlations.values.count == columns * columns,
      "moments of another size")
    self.columns = columns
    self.tokens = tokens
    self.meanSquares = meanSquares
    self.correlations = correlations
  }
}
