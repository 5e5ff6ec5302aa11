import GGUF

/// In which order a GGUF file has the outputs and inputs of a layer of a checkpoint, where the converter changes it.
/// The orders are those of `convert_hf_to_gguf.py` in llama.cpp.
struct FeatureOrder {
  private let architecture: String
  private let metadata: Metadata

  /// - Parameter metadata: those of the model.
  init(_ metadata: Metadata) {
    architecture = metadata["general.architecture"]?.string ?? ""
    self.metadata = metadata
  }

  /// For each row of a tensor the output of the layer that it is; nil where the order is the same.
  func rows(of tensor: String, count: Int) -> [Int]? {
    let role = tensor.split(separator: ".").dropFirst(2).first.map(String.init) ?? ""
    switch role {
    case "attn_q": return pairs(count, heads: "attention.head_count")
    case "attn_k": return pairs(count, heads: "attention.head_count_kv")
    case "attn_qkv": return valuesTiled(count, keysFirst: true)
    case "attn_gate", "ssm_alpha", "ssm_beta": return valuesTiled(count)
    default: return nil
    }
  }

  /// For each column of a tensor the input of the layer that it is; nil where the order is the same.
  func columns(of tensor: String, count: Int) -> [Int]? {
    tensor.hasSuffix(".ssm_out.weight") ? valuesTiled(count) : nil
  }

  /// Architectures that rotate neighbouring features of queries and keys, where transformers rotates one half of a head
  /// against the other.
  private static let neighbours: Set = [
    "llama", "deci", "mistral3", "granite", "granitemoe", "smollm3", "arcee",
  ]

  /// The halves of each head interleaved.
  private func pairs(_ count: Int, heads key: String) -> [Int]? {
    guard Self.neighbours.contains(architecture), let heads = integer(key), heads > 0,
      count % (2 * heads) == 0
    else { return nil }
    let width = count / heads
    return (0..<count).map { row in
      let (head, place) = row.quotientAndRemainder(dividingBy: width)
      return head * width + place % 2 * (width / 2) + place / 2
    }
  }

  /// Heads of values in turn, one of each head of keys, where a checkpoint has those of a head of keys together.
  ///
  /// - Parameter keysFirst: whether queries and keys stand before the values.
  private func valuesTiled(_ count: Int, keysFirst: Bool = false) -> [Int]? {
    guard architecture.hasPrefix("qwen35"), let keys = integer("ssm.group_count"), keys > 0,
      let values = integer("ssm.time_step_rank"), values > keys, values % keys == 0,
      let state = integer("ssm.state_size"), state > 0
    else { return nil }
    let start = keysFirst ? 2 * keys * state : 0
    guard start < count, (count - start) % values == 0 else { return nil }
    let (width, group) = ((count - start) / values, values / keys)
    return (0..<start)
      + (0..<count - start).map { row in
        let (head, place) = row.quotientAndRemainder(dividingBy: width)
        return start + (head % keys * group + head / keys) * width + place
      }
  }

  private func integer(_ key: String) -> Int? {
    metadata["\(architecture).\(key)"]?.integer.flatMap { 0...1 << 20 ~= $0 ? $0 : nil }
  }
}
