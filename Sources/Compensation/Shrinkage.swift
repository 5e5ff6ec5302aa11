/// How much of the second moments' off-diagonal part is left out, since a text of finite length shows correlations that
/// other text does not have.
package enum Shrinkage {
  /// α of H ← (1 − α) H + α diag H, for so many tokens and columns.
  ///
  /// On SmolLM2-135M 0.3 is best with 57 tokens a column, and 0.3 to 0.5 with 20; with 3.5, 0.5 to 0.7.
  package static func amount(tokens: Double, columns: Int) -> Float {
    let ratio = max(tokens, 1) / Double(columns)
    return Float(min(0.95, 0.3 * max(1, (10 / ratio).squareRoot())))
  }
}
