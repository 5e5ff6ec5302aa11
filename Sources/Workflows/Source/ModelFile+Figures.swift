import GGUF

extension ModelFile {
  /// Tokens that the model was made to read at a time, where it tells.
  var contextLength: Int? {
    metadata["general.architecture"]?.string
      .flatMap { metadata["\($0).context_length"]?.integer }
      .flatMap { $0 > 0 ? $0 : nil }
  }

  /// Weights in all tensors.
  var elements: Int { tensors.reduce(0) { $0 + $1.elements } }
}
