import GGUF

/// What is the same for every tensor of a model.
struct SkeletonSituation {
  let model: ModelOutline
  /// Whether there is an importance matrix.
  let imatrix: Bool
  let isTied: Bool
  let size: ModelSize?
  /// The model's attention layers: those with values or with queries, keys and values in one.
  let attentions: Int

  init(model: ModelOutline, imatrix: Bool) {
    self.model = model
    self.imatrix = imatrix
    isTied = model.isTied
    size = ModelSize(of: model)
    attentions = model.tensors.count { Self.attention.matches($0.name) }
  }

  private static let attention = TensorPattern(trusted: #"attn_(v|qkv)\.weight"#)
}

/// A tensor about which a rule asks its conditions.
struct SkeletonSubject {
  let situation: SkeletonSituation
  let tensor: ModelOutline.Tensor
  /// How many tensors precede it in the file of those that may be quantized and match the rule.
  let place: Int

  /// The block that the tensor belongs to.
  ///
  /// As in ik_llama.cpp, whose quantizer counts the tensors of a role as they come, and trusts the
  /// number in the name only in models of experts.
  var layer: Int {
    guard situation.model.experts > 1 else { return place }
    return TensorRole.split(tensor.name).block.flatMap { Int($0) } ?? place
  }
}
