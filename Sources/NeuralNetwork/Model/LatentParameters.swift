#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The sizes and constants of a layer's latent attention.
struct LatentParameters: Sendable {
  let widths: LatentWidths
  /// The factor of scores.
  let scoreScale: Float
  let rotation: RotaryEmbedding.Constants

  /// Reads the keys of a model.
  ///
  /// Files state the widths of a head as `key_length_mla` and `value_length_mla` where `key_length` and
  /// `value_length` are those of latents, which all heads share (`DeepseekV2Model` in `conversion/deepseek.py` of
  /// llama.cpp), else as `key_length` and `value_length` (`convert_hf_to_gguf.py` of ik_llama.cpp).
  init(
    _ keys: ArchitectureKeys, heads: Int, pairing: RotaryEmbedding.Pairing
  ) throws(NetworkError.Problem) {
    let key = try keys.count(
      "attention.key_length_mla", default: keys.count("attention.key_length"))
    let value = try keys.count(
      "attention.value_length_mla", default: keys.count("attention.value_length"))
    let rotary = try keys.count("rope.dimension_count")
    guard rotary < key else { throw keys.unknown("rope.dimension_count", "\(rotary)") }
    widths = LatentWidths(
      heads: heads, rank: try keys.count("attention.kv_lora_rank"), plain: key - rotary,
      rotary: rotary, value: value)
    let constants = try RotaryEmbedding.Constants(keys, pairing: pairing, headWidth: key)
    rotation = constants.unmagnified()
    // YaRN multiplies queries and keys by a factor that grows with the length. Here it is that of all features, not of
    // those alone that are turned, so scores take its square (`build_deepseek2` in `src/graphs/build_deepseek2.cpp` of
    // ik_llama.cpp 8337e4cd; `softmax_scale` in `modeling_deepseek.py` of DeepSeek-V3).
    let growth = try keys.number("rope.scaling.yarn_log_multiplier", default: 0)
    let factor =
      try keys.number("rope.scaling.attn_factor", default: 1)
      * (1 + growth * log(constants.stretch))
    scoreScale = Float(factor * factor / Double(key).squareRoot())
  }
}
