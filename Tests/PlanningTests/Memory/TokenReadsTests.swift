import GGUF
import Planning
import Testing

@Suite("What a token reads")
struct TokenReadsTests {
  private static func metadata(_ numbers: [String: UInt32]) -> Metadata {
    var metadata = Metadata()
    metadata["general.architecture"] = .string("m")
    for (key, value) in numbers { metadata["m.\(key)"] = .uint32(value) }
    return metadata
  }

  private static func reads(
    _ numbers: [String: UInt32] = [:], _ names: [String] = ["token_embd.weight", "output.weight"]
  ) throws -> TokenReads {
    try #require(TokenReads(of: metadata(numbers), tensors: names))
  }

  @Test("is a row of the embeddings, unless they make the logits too")
  func embeddings() throws {
    let apart = try Self.reads()
    #expect(apart.share(of: "token_embd.weight", rows: 1000) == 0.001)
    #expect(apart.share(of: "per_layer_token_embd.weight", rows: 500) == 0.002)
    #expect(apart.share(of: "output.weight", rows: 1000) == 1)
    let tied = try Self.reads([:], ["token_embd.weight"])
    #expect(tied.share(of: "token_embd.weight", rows: 1000) == 1)
  }

  @Test(
    "is the experts that a token uses, and all of what every token uses",
    arguments: [
      ("blk.0.ffn_up_exps.weight", 0.0625), ("blk.0.ffn_gate_up_exps.weight", 0.0625),
      ("blk.0.ffn_up_chexps.weight", 0.0625), ("blk.0.ffn_down.7.weight", 0.0625),
      ("blk.0.ffn_up_shexp.weight", 1), ("blk.0.ffn_gate_inp.weight", 1),
      ("blk.0.attn_q.weight", 1), ("blk.0.attn_q.bias", 1),
    ])
  func experts(name: String, share: Double) throws {
    let reads = try Self.reads(["expert_count": 128, "expert_used_count": 8])
    #expect(reads.share(of: name, rows: 64) == share)
    #expect(reads.experts?.used == 8 && reads.experts?.all == 128)
    #expect(try Self.reads().share(of: name, rows: 64) == 1)
  }

  @Test("leaves out layers that draft")
  func drafts() throws {
    let reads = try Self.reads(["block_count": 5, "nextn_predict_layers": 1])
    #expect(reads.share(of: "blk.4.attn_q.weight", rows: 8) == 0)
    #expect(reads.share(of: "blk.3.attn_q.weight", rows: 8) == 1)
  }

  @Test("is not known where a model does not say how many experts a token uses, or says nonsense")
  func unknown() {
    for numbers: [String: UInt32] in [
      ["expert_count": 8], ["expert_count": 8, "expert_used_count": 0],
      ["expert_count": 8, "expert_used_count": 9],
    ] {
      #expect(TokenReads(of: Self.metadata(numbers), tensors: []) == nil)
    }
  }

  @Test("takes the time of one memory after the other")
  func speed() throws {
    let tensors = [
      (name: "output.weight", rows: 8, bytes: 900, pool: 0),
      (name: "blk.0.ffn_up_exps.weight", rows: 8, bytes: 800, pool: 1),
    ]
    let reads = try Self.reads(["expert_count": 8, "expert_used_count": 2])
    let reading = TokenReading(reads, tensors: tensors, pools: 2, bandwidths: [9000, 1000])
    #expect(reading.parts.map(\.bytes) == [900, 200] && reading.bytes == 1100)
    #expect(abs(reading.tokensPerSecond - 1 / 0.3) < 1e-9)
    let unknown = TokenReading(reads, tensors: tensors, pools: 2, bandwidths: [])
    #expect(!unknown.isKnown)
    #expect(abs(unknown.tokensPerSecond - TokenReading.yardstick / 1100) < 1)
  }
}
