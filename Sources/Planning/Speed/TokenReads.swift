package import GGUF

/// How much of each tensor a program reads to generate a token: what limits its speed where it has but one text at a
/// time.
///
/// A table of embeddings gives one row, unless it makes the logits too. Of the experts of a layer, those that a token
/// uses are read. Layers that draft are left out. Everything else is read whole.
package struct TokenReads: Sendable {
  /// The experts of a layer that a token uses, and all of them; nil in a dense model.
  package let experts: Experts?
  private let makesLogitsOfEmbeddings: Bool
  private let drafting: Range<Int>

  /// Experts of a layer.
  package struct Experts: Sendable, Equatable {
    /// `expert_used_count`.
    package let used: Int
    /// `expert_count`.
    package let all: Int
  }

  /// The reads of a model; nil where it has experts and does not say how many a token uses.
  package init?(of metadata: Metadata, tensors names: [String]) {
    let keys = ArchitectureNumbers(metadata)
    let all = keys.largest("expert_count") ?? 0
    if all > 0 {
      guard let used = keys.largest("expert_used_count"), 1...all ~= used else { return nil }
      experts = Experts(used: used, all: all)
    } else {
      experts = nil
    }
    makesLogitsOfEmbeddings = !names.contains("output.weight")
    drafting = DraftLayers(of: metadata).numbers
  }

  /// The part of a tensor's bytes that is read for a token, from 0 to 1.
  package func share(of name: String, rows: Int) -> Double {
    let parts = name.split(separator: ".")
    if parts.count > 2, parts[0] == "blk" {
      if let block = Int(parts[1]), drafting.contains(block) { return 0 }
      guard let experts, Self.isOfExperts(parts) else { return 1 }
      return Double(experts.used) / Double(experts.all)
    }
    switch name {
    case "token_embd.weight": return makesLogitsOfEmbeddings ? 1 : 1 / Double(max(rows, 1))
    case "per_layer_token_embd.weight", "position_embd.weight", "token_types.weight":
      return 1 / Double(max(rows, 1))
    default: return 1
    }
  }

  /// Whether a tensor holds matrices of experts: of all (`ffn_up_exps`, `ffn_up_chexps`), or in older files of one
  /// (`ffn_up.7`).
  private static func isOfExperts(_ parts: [Substring]) -> Bool {
    parts[2].hasSuffix("exps") || (parts.count > 3 && Int(parts[3]) != nil)
  }
}
