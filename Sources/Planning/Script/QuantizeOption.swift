/// An option of `llama-quantize`, of ik_llama.cpp or of llama.cpp.
///
/// From `examples/quantize/quantize.cpp` of ik_llama.cpp 8337e4cd and `tools/quantize/quantize.cpp` of llama.cpp
/// 03161a4e. Both read options until the first word that does not begin with `--`.
struct QuantizeOption: Sendable {
  /// What it does.
  enum Effect: Sendable {
    /// Its value holds rules.
    case rules
    /// Its value names a file of rules.
    case ruleFile
    /// Its value is the type of tensors of these patterns, before all rules: see `Target`.
    case type(Target)
    /// Every tensor without a type of its own gets the plain type of the mix.
    case pure
    /// `output.weight` keeps its type.
    case leavesOutput
    /// It has no part in the choice of types.
    case none(takesValue: Bool)
    /// It changes what comes out, and no recipe can say so: what it does.
    case beyond(String, takesValue: Bool)
  }

  /// The tensors that get a type by an option of their own.
  enum Target: String, Sendable, CaseIterable {
    case tokenEmbedding, perLayerTokenEmbedding, output, router
    case attnV, attnK, attnQ, ffnDown, attnOutput, attnQKV, ffnGate, ffnUp

    /// Whether the type beats rules. Otherwise rules beat it.
    var beatsRules: Bool {
      switch self {
      case .tokenEmbedding, .perLayerTokenEmbedding, .output, .router: true
      case .attnV, .attnK, .attnQ, .ffnDown, .attnOutput, .attnQKV, .ffnGate, .ffnUp: false
      }
    }

    /// The patterns of the tensors. Of targets that rules beat, the one that stands first above takes a tensor.
    func patterns(by runtime: Runtime) -> [String] {
      switch self {
      case .tokenEmbedding:
        [#"^token_embd\.weight$"#]
          + (runtime == .mainline ? [#"^per_layer_token_embd\.weight$"#] : [])
      case .perLayerTokenEmbedding: [#"^per_layer_token_embd\.weight$"#]
      case .output: [#"^output\.weight$"#]
      case .router: [#"ffn_gate_inp\.weight"#]
      case .attnV: [#"attn_v\.weight"#]
      case .attnK: ["attn_k"]
      case .attnQ: ["attn_q"]
      case .ffnDown: ["ffn_down"]
      case .attnOutput: [#"attn_output\.weight"#]
      case .attnQKV: [#"attn_qkv\.weight"#]
      case .ffnGate: ["ffn_gate"]
      case .ffnUp: ["ffn_up"]
      }
    }
  }

  /// The option with its dashes.
  let name: String
  let effect: Effect
  /// The one program that has it; nil for both.
  let runtime: Runtime?

  private init(_ name: String, _ effect: Effect, _ runtime: Runtime? = nil) {
    self.name = name
    self.effect = effect
    self.runtime = runtime
  }

  /// Whether it is about the types of tensors, so that a line with it is one of a recipe.
  var saysTypes: Bool {
    switch effect {
    case .rules, .ruleFile, .type: true
    case .pure, .leavesOutput, .none, .beyond: false
    }
  }

  /// The option of this name, or nil.
  static func named(_ name: String) -> QuantizeOption? { byName[name] }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  private static let all: [QuantizeOption] = [
    QuantizeOption("--custom-q", .rules, .ik),
    QuantizeOption("--tensor-type", .rules, .mainline),
    QuantizeOption("--tensor-type-file", .ruleFile, .mainline),
    QuantizeOption("--token-embedding-type", .type(.tokenEmbedding)),
    QuantizeOption("--output-tensor-type", .type(.output)),
    QuantizeOption("--per-layer-token-embedding-type", .type(.perLayerTokenEmbedding), .ik),
    QuantizeOption("--ffn-gate-inp-type", .type(.router), .ik),
    QuantizeOption("--attn-v-type", .type(.attnV), .ik),
    QuantizeOption("--attn-k-type", .type(.attnK), .ik),
    QuantizeOption("--attn-q-type", .type(.attnQ), .ik),
    QuantizeOption("--attn-qkv-type", .type(.attnQKV), .ik),
    QuantizeOption("--attn-output-type", .type(.attnOutput), .ik),
    QuantizeOption("--ffn-down-type", .type(.ffnDown), .ik),
    QuantizeOption("--ffn-gate-type", .type(.ffnGate), .ik),
    QuantizeOption("--ffn-up-type", .type(.ffnUp), .ik),
    QuantizeOption("--pure", .pure),
    QuantizeOption("--leave-output-tensor", .leavesOutput),
    QuantizeOption("--allow-requantize", .none(takesValue: false)),
    QuantizeOption("--imatrix", .none(takesValue: true)),
    QuantizeOption("--hide-imatrix", .none(takesValue: false), .ik),
    QuantizeOption("--ignore-imatrix-rules", .none(takesValue: false), .ik),
    QuantizeOption("--dry-run", .none(takesValue: false)),
    QuantizeOption("--keep-split", .none(takesValue: false)),
    QuantizeOption("--partial-requant", .none(takesValue: false), .ik),
    QuantizeOption("--override-kv", .beyond("changes metadata", takesValue: true)),
    QuantizeOption(
      "--include-weights", .beyond("limits importance to some tensors", takesValue: true)),
    QuantizeOption(
      "--exclude-weights", .beyond("takes importance from some tensors", takesValue: true)),
    QuantizeOption(
      "--extra-output-tensor", .beyond("adds a second output.weight", takesValue: true), .ik),
    QuantizeOption("--repack", .beyond("rearranges rows", takesValue: false), .ik),
    QuantizeOption("--repack-pattern", .beyond("rearranges rows", takesValue: true), .ik),
    QuantizeOption(
      "--symmetric-q40", .beyond("makes q4_0 symmetric", takesValue: false), .ik),
    QuantizeOption(
      "--slow-iq2ks", .beyond("encodes iq2_ks in another way", takesValue: false), .ik),
    QuantizeOption("--prune-layers", .beyond("leaves layers out", takesValue: true), .mainline),
    QuantizeOption("--target-bpw", .beyond("chooses types by itself", takesValue: true), .mainline),
    QuantizeOption(
      "--target-size", .beyond("chooses types by itself", takesValue: true), .mainline),
    QuantizeOption("--save-state", .none(takesValue: false), .mainline),
    QuantizeOption("--state-file", .none(takesValue: true), .mainline),
  ]
}
