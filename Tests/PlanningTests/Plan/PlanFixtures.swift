import GGUF
import Planning

/// A small model for plans, with made-up losses.
enum PlanFixtures {
  static let types: [TensorType] = [
    .IQ2_K, .IQ3_K, .IQ4_KSS, .IQ4_KS, .IQ4_K, .IQ5_K, .IQ6_K, .Q8_0,
  ]

  /// A tensor with losses that shrink by 4 per bit from `scale`.
  static func tensor(
    _ name: String, columns: Int = 512, scale: Double = 1, types: [TensorType] = types
  ) -> MeasuredTensor {
    let shape = TensorShape([columns, 256])
    return MeasuredTensor(
      name: name, shape: shape, type: .BF16,
      bytes: TensorType.BF16.bytes(rows: 256, columns: columns)!,
      candidates: types.compactMap { type in
        guard let bytes = type.bytes(rows: 256, columns: columns) else { return nil }
        var loss = scale
        for _ in 0..<Int(16 * type.nominalBitsPerWeight) { loss *= 0.917 }
        return Candidate(type: type, bytes: bytes, loss: loss, variance: loss * loss / 100)
      })
  }

  /// Embeddings, a norm, one block and an output head.
  static let model = [
    tensor("token_embd.weight", scale: 0.02),
    MeasuredTensor(
      name: "blk.0.attn_norm.weight", shape: TensorShape([512]), type: .F32, bytes: 2048,
      candidates: []),
    tensor("blk.0.attn_q.weight", scale: 0.1), tensor("blk.0.attn_v.weight", scale: 4),
    tensor("blk.0.ffn_up.weight", scale: 1), tensor("blk.0.ffn_down.weight", scale: 2),
    tensor("output.weight", scale: 8),
  ]

  /// The bytes that so many bits for each weight that can be quantized amount to, and the norm's.
  static func budget(bits: Double, of tensors: [MeasuredTensor] = model) -> Int {
    let weights = tensors.filter { !$0.candidates.isEmpty }.reduce(0) {
      $0 + $1.shape.columns * $1.shape.rows
    }
    return Int(Double(weights) * bits / 8) + 2100
  }
}

extension Plan {
  /// The type of a tensor.
  func type(of name: String) -> TensorType? { entries.first { $0.name == name }?.type }
}
