/// A section of a recipe of the GGUF Tool Suite.
struct ToolSuiteSection {
  /// The heading of the section.
  let title: String
  /// The heading above all sections about experts of a kind.
  let group: String?
  /// A pattern belongs here if it names one of these, and none of `lacking`.
  private let naming: [String]
  private let lacking: [String]

  private init(
    _ title: String, group: String? = nil, naming: [String], lacking: [String] = []
  ) {
    self.title = title
    self.group = group
    self.naming = naming
    self.lacking = lacking
  }

  /// All sections in the order of a file; a pattern belongs to the first that takes it, the last one
  /// takes all. Titles, order and membership: `quants_regex_merger.py` of the suite.
  static let all: [ToolSuiteSection] = [
    ToolSuiteSection("Model head & embeddings", naming: ["^output", "^token_embd"]),
    ToolSuiteSection(
      "Special attention kernels — single-quant only (llama-quantize takes care of it)",
      naming: ["attn_k_b"]),
    ToolSuiteSection("Multi-headed attention parameters", naming: ["attn_"]),
    ToolSuiteSection(
      "Dense Feed-Forward Network weights", naming: ["ffn_down", "ffn_up"], lacking: experts),
    ToolSuiteSection("LayerNorm / Post-LN parameters", naming: ["post_ln", "ln1", "ln2"]),
    ToolSuiteSection(
      "Embeddings & positional encodings", naming: ["patch_embd", "position_embd"]),
    ToolSuiteSection("Deepstack modules", naming: ["deepstack"]),
    ToolSuiteSection("NextN tensors", naming: ["nextn"]),
    ToolSuiteSection("MoE Gating & Routing", naming: ["ffn_gate_inp", "exp_probs_b"]),
    ToolSuiteSection("Gating network", naming: ["ffn_gate"], lacking: experts),
    ToolSuiteSection(
      "ffn_down_shexp — down-projection (shared experts)", group: shared,
      naming: ["ffn_down_shexp"]),
    ToolSuiteSection(
      "ffn_up_shexp — up-projection (shared experts)", group: shared, naming: ["ffn_up_shexp"]),
    ToolSuiteSection(
      "ffn_gate_shexp — gating network (shared experts)", group: shared,
      naming: ["ffn_gate_shexp"]),
    ToolSuiteSection(
      "ffn_down_exps — down-projection (per-expert)", group: perExpert, naming: ["ffn_down_exps"]),
    ToolSuiteSection(
      "ffn_up_exps — up-projection (per-expert)", group: perExpert, naming: ["ffn_up_exps"]),
    ToolSuiteSection(
      "ffn_gate_exps — gating network (per-expert)", group: perExpert, naming: ["ffn_gate_exps"]),
    ToolSuiteSection("Misc / Other tensors", naming: ["^"]),
  ]

  private static let experts = ["exps", "shexp"]
  private static let shared = "GPU-loaded - MoE Shared Experts Feed-Forward Network - ffn_*_shexp"
  private static let perExpert = "CPU-friendly - MoE Per-expert Feed-Forward Network - ffn_*_exps"

  /// The place of the section of a pattern in `all`.
  static func place(of pattern: TensorPattern) -> Int {
    let text = "^" + pattern.text.drop { $0 == "^" }
    return all.firstIndex { section in
      section.naming.contains(where: text.contains)
        && !section.lacking.contains(where: text.contains)
    } ?? all.count - 1
  }
}
