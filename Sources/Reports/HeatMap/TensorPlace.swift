/// Where a tensor belongs: `blk.3.attn_q.weight` is the `attn_q` of block 3.
struct TensorPlace: Equatable {
  /// Nil outside blocks.
  let block: Int?
  /// The name without its block and `.weight`.
  let kind: String

  /// The place that a name tells.
  init(_ name: String) {
    var parts = name.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count > 1, parts.last == "weight" { parts.removeLast() }
    // Encoders of pictures and sounds put a letter before it: `v.blk.3.attn_q.weight`.
    if let index = parts.firstIndex(of: "blk"), index + 2 < parts.count,
      let block = Int(parts[index + 1]), (0..<100_000).contains(block)
    {
      self.block = block
      kind = (parts[..<index] + parts[(index + 2)...]).joined(separator: ".")
    } else {
      block = nil
      kind = parts.joined(separator: ".")
    }
  }

  /// Kinds in the order in which a model uses them.
  private static let usual = [
    "token_embd", "output", "attn_q", "attn_k", "attn_v", "attn_qkv", "attn_output", "ffn_gate",
    "ffn_up", "ffn_down",
  ]

  /// The place of a kind among all. Kinds of one place follow one another as a file has them.
  static func rank(of kind: String) -> Int { usual.firstIndex(of: kind) ?? usual.count }
}
