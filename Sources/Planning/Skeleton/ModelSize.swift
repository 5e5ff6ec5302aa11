/// A size of model that stock mixes treat in a way of its own.
///
/// As ik_llama.cpp reads it off the architecture and the number of blocks (`llm_load_hparams` in
/// `llama-hparams.cpp`): by name alone, whatever the number of weights.
enum ModelSize: String, CaseIterable, Sendable {
  case of8B = "8b"
  case of70B = "70b"

  /// The size of a model, or nil for any other.
  init?(of model: ModelOutline) {
    let isMixtral = model.architecture == "llama" && model.experts == 8
    switch (model.architecture, model.blocks) {
    case ("llama", 32) where !isMixtral && model.vocabulary >= 40_000 && model.vocabulary != 49_152,
      ("llama", 36) where !isMixtral,
      ("qwen3", 36) where model.embeddingLength != 2_560,
      ("qwen3vl", 36) where model.embeddingLength != 2_560,
      ("cohere2", 32), ("mistral3", 34):
      self = .of8B
    case ("llama", 80) where !isMixtral && model.heads != model.kvHeads,
      ("deci", 80), ("qwen2", 80), ("grok", 80), ("olmo", 80):
      self = .of70B
    default: return nil
    }
  }
}
