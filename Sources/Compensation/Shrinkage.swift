#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How much of the second moments' off-diagonal part is left out, since a text of finite length shows correlations that
/// other text does not have.
package enum Shrinkage {
  /// α of H ← (1 − α) H + α diag H: the tokens of a column, to the power −0.4, but 0.95 at most.
  ///
  /// Four points, each the best of a few. KLD of SmolLM2-135M, as a share of that without compensation: 3.5 tokens a column,
  /// 3 bits: α 0.5 gives .82, 0.7 .85, 0.3 .89. 20 tokens, 4 bits: 0.3 .77, none 1.03. 57 tokens, 4 bits: 0.1 .715,
  /// 0.3 .68, 0.5 .71. Folio 4M with 128 tokens a column, IQ3_K: 0.3 .670, 0.15 .638.
  package static func amount(tokens: Double, columns: Int) -> Float {
    Float(min(0.95, pow(max(tokens, 1) / Double(columns), -0.4)))
  }
}
