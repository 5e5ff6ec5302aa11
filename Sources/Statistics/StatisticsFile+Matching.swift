package import GGUF

extension StatisticsFile {
  /// What is known of a tensor of the model, in its shape, or nil.
  ///
  /// Where the file has no importance for it, that of a weight which meets the same activations
  /// stands in.
  ///
  /// - Throws: `StatisticsError` where the file's entry for it is of another shape, or `FileError`.
  package func of(_ tensor: TensorDescriptor) throws -> TensorStatistics? {
    try of(tensor, entry: try entry(tensor.name, for: tensor))
  }

  /// The same, given what the file has under the tensor's own name.
  func of(_ tensor: TensorDescriptor, entry: TensorStatistics?) throws -> TensorStatistics? {
    let own: TensorStatistics?
    do throws(StatisticsError.Problem) {
      own = try entry?.fitted(to: tensor)
    } catch {
      throw StatisticsError(path: path, error)
    }
    guard entry?.importance == nil, let other = try substitute(for: tensor) else { return own }
    var statistics = own ?? TensorStatistics()
    statistics.importance = other.importance
    statistics.uninformedColumns = other.uninformedColumns
    statistics.uninformedSlices =
      Set(statistics.uninformedSlices).union(other.uninformedSlices).sorted()
    if statistics.tokens == nil { statistics.tokens = other.tokens }
    return statistics
  }

  /// The statistics of a weight with the same inputs as the tensor, in its shape. What rests on gradients is not the
  /// tensor's, and left out.
  private func substitute(for tensor: TensorDescriptor) throws -> TensorStatistics? {
    for name in Self.substitutes(for: tensor.name) {
      guard has(name, within: tensor), var entry = try entry(name, for: tensor),
        entry.importance != nil
      else { continue }
      entry.rowSensitivity = nil
      entry.weightedImportance = nil
      // The fused form of a multi-head weight has no slices; each head meets all of its inputs.
      if entry.importance?.count == tensor.columns, tensor.slices > 1 {
        entry.importance = entry.importance.map { importance in
          (0..<tensor.slices).flatMap { _ in importance }
        }
      }
      if let fitted = try? entry.fitted(to: tensor) { return fitted }
    }
    return nil
  }

  /// Names of weights that meet the same activations as `name`, the best first: the rules of
  /// ik_llama.cpp's `llama_model_quantize_internal`, which know expert layers with gate and up
  /// merged or apart, gate and up of dense layers, and the two forms of latent attention.
  static func substitutes(for name: String) -> [String] {
    for (ending, others) in substituteEndings where name.hasSuffix(ending) {
      return others.map { name.dropLast(ending.count) + $0 }
    }
    return []
  }

  private static let substituteEndings = [
    ("ffn_up_exps.weight", ["ffn_gate_up_exps.weight"]),
    ("ffn_gate_exps.weight", ["ffn_gate_up_exps.weight", "ffn_up_exps.weight"]),
    ("ffn_gate_up_exps.weight", ["ffn_up_exps.weight"]),
    ("ffn_gate.weight", ["ffn_up.weight"]),
    (".attn_v_b.weight", [".attn_kv_b.weight"]),
    (".attn_kv_b.weight", [".attn_v_b.weight"]),
  ]
}
