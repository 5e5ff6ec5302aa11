package import GGUF

/// The layers of a model that draft the token after next (NextN, multi-token prediction): its last ones, as many as
/// `nextn_predict_layers` says.
package struct DraftLayers: Sendable, Equatable {
  /// More than any model has.
  private static let most = 64

  /// Their numbers; empty in a model without any.
  package let numbers: Range<Int>

  /// The layers of a model with this metadata.
  package init(of metadata: Metadata) {
    let keys = ArchitectureNumbers(metadata)
    let layers = keys.integer("block_count") ?? 0
    let drafting = keys.integer("nextn_predict_layers") ?? 0
    numbers = layers - (drafting <= min(layers, Self.most) ? drafting : 0)..<layers
  }

  /// The least type that their tensors get where nobody asks for another: what drafts, quantized to a few bits, has
  /// been seen to draft nothing that the model accepts, and no loss of the model's own tells (docs/commands.md).
  package static let usualFloor = TensorType.Q8_0

  /// A floor for their tensors; nil in a model without such layers.
  package func floor(_ type: TensorType) -> TypeRule? {
    guard let first = numbers.first else { return nil }
    let number =
      numbers.count == 1 ? "\(first)" : "(\(numbers.map(String.init).joined(separator: "|")))"
    return TypeRule(pattern: TensorPattern(trusted: #"^blk\.\#(number)\."#), type: type)
  }
}
