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
      TokenReading.Tensor(name: "output.weight", rows: 8, type: .Q8_0, bytes: 900, pool: 0),
      TokenReading.Tensor(
        name: "blk.0.ffn_up_exps.weight", rows: 8, type: .Q8_0, bytes: 800, pool: 1),
    ]
    let reads = try Self.reads(["expert_count": 8, "expert_used_count": 2])
    let timing = TokenTiming(reads, rates: [.bandwidth(9000), .bandwidth(1000)])
    let reading = TokenReading(timing, of: tensors, source: .bandwidth)
    #expect(reading.parts.map(\.bytes) == [900, 200] && reading.bytes == 1100)
    #expect(abs(reading.tokensPerSecond - 1 / 0.3) < 1e-9)
  }

  @Test("names the types whose speed was not measured, where they take time")
  func unmeasured() throws {
    let speeds = try TypeSpeeds(
      parsing: "model_filename,model_size,n_prompt,n_gen,avg_ts\nq8_0.gguf,1000,0,1,9")
    func tensor(_ name: String, _ type: TensorType, _ bytes: Int) -> TokenReading.Tensor {
      TokenReading.Tensor(name: name, rows: 8, type: type, bytes: bytes, pool: 0)
    }
    let timing = TokenTiming(try Self.reads(), rates: [.measured(speeds)])
    let reading = TokenReading(
      timing,
      of: [
        tensor("blk.0.attn_q.weight", .Q8_0, 8000), tensor("blk.0.attn_k.weight", .IQ4_K, 990),
        tensor("blk.0.attn_norm.weight", .F32, 10),
      ], source: .speeds)
    #expect(reading.unmeasured == [.IQ4_K])
    #expect(abs(reading.tokensPerSecond - 1) < 1e-9)
  }
}
