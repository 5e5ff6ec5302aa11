import GGUF

extension Network {
  /// Where in a network a tensor first does something.
  enum Place: Equatable {
    case embeddings
    case layer(Int)
    /// In the last norm or in the output head alone.
    case output
  }

  /// Where a tensor first does something; nil where it is no part of what predicts the next token: it belongs to the
  /// layer that drafts, or to positions.
  func place(of tensor: TensorDescriptor) -> Place? {
    let parts = tensor.name.split(separator: ".")
    if parts.first == "blk" {
      guard parts.count > 1, let layer = Int(parts[1]), blocks.indices ~= layer else { return nil }
      return .layer(layer)
    }
    if tensor.name == embeddings.tensor.name || tensor.name.hasPrefix("per_layer_") {
      return .embeddings
    }
    return tensor.name.hasPrefix("output") ? .output : nil
  }
}
