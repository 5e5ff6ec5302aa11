import Planning
import Testing

@Suite("A tie")
struct TieTests {
  private let names = [
    "token_embd.weight", "blk.0.attn_q.weight", "blk.0.attn_k.weight", "blk.0.attn_v.weight",
    "blk.0.ffn_gate_exps.weight", "blk.0.ffn_up_exps.weight", "blk.0.ffn_gate_shexp.weight",
    "blk.0.ffn_up_shexp.weight", "blk.0.ffn_gate_inp.weight", "blk.1.attn_q.weight",
    "blk.1.attn_v.weight", "blk.1.ffn_gate.weight", "blk.1.ffn_up.weight", "blk.10.ffn_up.weight",
  ]

  private func groups(_ text: String) throws -> [[String]] {
    try Tie(text).groups(of: names).map { group in group.map { names[$0] } }
  }

  @Test("by the name gate-up joins gate and up of a block, each kind of expert by itself")
  func gateUp() throws {
    #expect(
      try groups("gate-up") == [
        ["blk.0.ffn_gate_exps.weight", "blk.0.ffn_up_exps.weight"],
        ["blk.0.ffn_gate_shexp.weight", "blk.0.ffn_up_shexp.weight"],
        ["blk.1.ffn_gate.weight", "blk.1.ffn_up.weight"],
      ])
  }

  @Test("by the name qkv joins queries, keys and values of a block")
  func qkv() throws {
    #expect(
      try groups("qkv") == [
        ["blk.0.attn_q.weight", "blk.0.attn_k.weight", "blk.0.attn_v.weight"],
        ["blk.1.attn_q.weight", "blk.1.attn_v.weight"],
      ])
  }

  @Test("by a pattern joins all that match, after block: those of each block")
  func patterns() throws {
    #expect(
      try groups("attn_[qv]") == [
        [
          "blk.0.attn_q.weight", "blk.0.attn_v.weight", "blk.1.attn_q.weight",
          "blk.1.attn_v.weight",
        ]
      ])
    #expect(
      try groups("block:attn_[qv]") == [
        ["blk.0.attn_q.weight", "blk.0.attn_v.weight"],
        ["blk.1.attn_q.weight", "blk.1.attn_v.weight"],
      ])
    #expect(try groups("block:attn_k") == [])
    #expect(try groups("ffn_up\\.weight") == [["blk.1.ffn_up.weight", "blk.10.ffn_up.weight"]])
  }

  @Test("with a pattern that is none is refused")
  func refused() {
    #expect(throws: TensorPatternError.self) { try Tie("attn_(q") }
    #expect(throws: TensorPatternError.self) { try Tie("block:") }
  }
}
