/// What each tensor of a model costs by itself, as the GGUF Tool Suite measures and publishes it:
/// `kld_results.csv`.
///
/// The format and the tables published in it are by Thireus, GGUF Tool Suite and its contributors.
package struct KLDTable: Sendable, Equatable {
  /// The types under which tensors were measured, in the order of the file, none twice.
  package let rows: [KLDRow]
}

/// The row of a `KLDTable`: one tensor at a time in one type, everything else left alone.
package struct KLDRow: Sendable, Equatable {
  /// The type's name as published, which need not be one that GGUF knows.
  package let typeName: String
  /// The Kullback–Leibler divergence from the untouched model, nats per token, by tensor name;
  /// without the tensors that were not measured.
  package let values: [String: Double]
}
