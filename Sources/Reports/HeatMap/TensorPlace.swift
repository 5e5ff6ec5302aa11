import Planning

/// Where a tensor belongs: `blk.3.attn_q.weight` is the `attn_q` of block 3.
struct TensorPlace: Equatable {
  /// Nil outside blocks.
  let block: Int?
  /// The name without its block and `.weight`.
  let kind: String

  /// The place that a name tells.
  init(_ name: String) {
    let (role, number) = TensorRole.split(name)
    let ending = ".weight"
    func withoutEnding(_ text: String) -> String {
      text.hasSuffix(ending) ? String(text.dropLast(ending.count)) : text
    }
    // Encoders of pictures and sounds put a letter before it: `v.blk.3.attn_q.weight`.
    if let block = number.flatMap({ Int($0) }), block < 100_000, role.suffix.hasPrefix("."),
      role.prefix == "blk." || role.prefix.hasSuffix(".blk.")
    {
      self.block = block
      kind = role.prefix.dropLast("blk.".count) + withoutEnding(String(role.suffix.dropFirst()))
    } else {
      block = nil
      kind = withoutEnding(name)
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
