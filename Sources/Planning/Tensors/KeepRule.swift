package import GGUF

/// A reason for a tensor to keep the type it has.
///
/// Quantizing such tensors gains little and breaks models; `llama-quantize` leaves them alone
/// whatever its options. The table unites what llama.cpp's `tensor_allows_quantization` and
/// ik_llama.cpp's `llama_model_quantize_internal` spare.
package struct KeepRule: Sendable {
  /// Which tensors a rule is about.
  private enum Condition: Sendable {
    case matches(TensorPattern)
    case lacks(TensorPattern)
    case rankBelow(Int)
    case typeIn([TensorType])

    static func name(_ pattern: String) -> Condition { .matches(TensorPattern(trusted: pattern)) }
    static func nameLacks(_ pattern: String) -> Condition {
      .lacks(TensorPattern(trusted: pattern))
    }
  }

  private let condition: Condition
  /// Why, as a noun: `norm`.
  package let reason: String

  private static let all: [KeepRule] = [
    KeepRule(.typeIn([.I8, .I16, .I32, .I64, .F64]), "integer or double"),
    KeepRule(.rankBelow(2), "one-dimensional"),
    KeepRule(.nameLacks("weight$"), "not a weight"),
    KeepRule(.name(#"_norm\.weight$"#), "norm"),
    KeepRule(.name("ffn_gate_inp|ffn_gate_tid2eid"), "expert router"),
    KeepRule(.name(#"pos(ition)?_embd|token_types"#), "position or type embedding"),
    KeepRule(.name(#"altup|laurel|per_layer_model_proj"#), "small projection of Gemma 3n"),
    KeepRule(.name(#"ssm_(conv1d|x|dt)|shortconv\.conv"#), "state-space parameter"),
    KeepRule(.name(#"indexer\.(k_proj|q_proj)"#), "attention indexer"),
    KeepRule(
      .name(#"time_mix_(first|lerp_fused|([wva][012]|g[12]|decay_w[12])\.weight)"#),
      "small matrix of RWKV"),
    KeepRule(.name(#"attn_rel_b|\.rel_pos"#), "relative position bias"),
    KeepRule(.name(#"(^|\.)sam\.|\.patch_(embd|merger)"#), "vision input"),
    KeepRule(.name("codebook"), "codebook"),
  ]

  private init(_ condition: Condition, _ reason: String) {
    self.condition = condition
    self.reason = reason
  }

  /// The first rule for a tensor of a model, or nil where it may be quantized.
  package static func first(for tensor: TensorDescriptor) -> KeepRule? {
    first(for: tensor.name, shape: TensorShape(tensor.shape), type: tensor.type)
  }

  /// The first rule that tells a tensor of this name, shape and type to keep its type, or nil where
  /// it may be quantized.
  package static func first(
    for name: String, shape: TensorShape, type: TensorType
  ) -> KeepRule? {
    all.first { rule in
      switch rule.condition {
      case .matches(let pattern): pattern.matches(name)
      case .lacks(let pattern): !pattern.matches(name)
      case .rankBelow(let rank): shape.rank < rank
      case .typeIn(let types): types.contains(type)
      }
    }
  }
}
