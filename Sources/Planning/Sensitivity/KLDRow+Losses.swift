extension KLDRow {
  /// The share of a row's smallest KLD that counts as noise.
  ///
  /// Disturbing a model ever so little costs some KLD, whatever the tensor: no tensor of GLM-4.7-Flash
  /// is below 0.0467, not even those with one in 25,000 of its weights. The rest of the smallest KLD is
  /// the tensor's own, since none is free.
  ///
  /// Tried from 0.5 to 0.98: the rank correlation with the KLDs of models held out rises from 0.683 to
  /// 0.694 while the error of a tensor's ln KLD rises from 0.62 to 0.79 (`docs/constants.md`).
  private static let noiseShare = 0.9

  /// What each tensor loses by itself, nats per token.
  ///
  /// Of the published value the noise is taken off. Tensors that the suite quantized together, all of
  /// which then carry the KLD of the group, share it equally. A KLD of 0 says that the tensor took no
  /// part in the measurement (layers that predict further tokens, an attention indexer), so there is
  /// none for it.
  package var losses: [String: Double] {
    let measured = values.filter { $0.value > 0 }
    let noise = Self.noiseShare * (measured.values.min() ?? 0)
    let groupSizes = Self.groupSizes(of: measured)
    return Dictionary(
      uniqueKeysWithValues: measured.map { name, value in
        let size = groupSizes[TensorRole.split(name).role] ?? 1
        return (name, (value - noise) / Double(size))
      })
  }

  /// How many roles were measured together with each, itself included: those whose KLDs are the same in
  /// the same blocks, two blocks or more.
  private static func groupSizes(of values: [String: Double]) -> [TensorRole: Int] {
    var blocks: [TensorRole: [String: Double]] = [:]
    for (name, value) in values {
      let (role, block) = TensorRole.split(name)
      if let block { blocks[role, default: [:]][block] = value }
    }
    let repeated = blocks.filter { $0.value.count > 1 }
    let groups = Dictionary(grouping: repeated.keys) { repeated[$0] }
    return Dictionary(
      uniqueKeysWithValues: groups.values.flatMap { roles in roles.map { ($0, roles.count) } })
  }
}
