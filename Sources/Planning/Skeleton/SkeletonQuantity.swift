/// A number that conditions compare.
enum SkeletonQuantity: String, CaseIterable, Sendable {
  /// Query heads to a key head.
  case gqa
  /// Experts of a layer.
  case experts
  /// Blocks of the model.
  case blocks
  /// Attention layers of the model.
  case attentions
  /// Tokens.
  case vocabulary
  /// The length of the tensor's rows.
  case columns
  /// The tensor's block: see `SkeletonSubject.layer`.
  case layer
  /// How many tensors that the rule matches precede it.
  case place

  /// The value of the quantity.
  func value(for subject: SkeletonSubject) -> Int {
    let model = subject.situation.model
    return switch self {
    case .gqa: model.headsPerKV
    case .experts: model.experts
    case .blocks: model.blocks
    case .attentions: subject.situation.attentions
    case .vocabulary: model.vocabulary
    case .columns: subject.tensor.shape.columns
    case .layer: subject.layer
    case .place: subject.place
    }
  }
}
