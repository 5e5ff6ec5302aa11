import GGUF
import Planning
import Testing

@Suite("Layers that draft") struct DraftLayersTests {
  private static func layers(_ blocks: UInt32, _ drafting: UInt32?) -> DraftLayers {
    var metadata = Metadata()
    metadata["general.architecture"] = .string("glm4moe")
    metadata["glm4moe.block_count"] = .uint32(blocks)
    if let drafting { metadata["glm4moe.nextn_predict_layers"] = .uint32(drafting) }
    return DraftLayers(of: metadata)
  }

  @Test("are the last ones, as many as the model says")
  func numbers() {
    #expect(Self.layers(47, 1).numbers == 46..<47)
    #expect(Self.layers(49, 3).numbers == 46..<49)
    #expect(Self.layers(47, nil).numbers.isEmpty && Self.layers(47, 0).numbers.isEmpty)
    #expect(Self.layers(4, 5).numbers.isEmpty && Self.layers(1 << 20, 1 << 19).numbers.isEmpty)
    #expect(DraftLayers(of: Metadata()).numbers.isEmpty)
  }

  @Test("have a floor that is about their tensors alone")
  func floor() throws {
    let one = try #require(Self.layers(47, 1).floor(.Q8_0))
    #expect("\(one)" == #"^blk\.46\.=q8_0"#)
    let three = try #require(Self.layers(49, 3).floor(.Q5_K))
    for name in ["blk.46.nextn.eh_proj.weight", "blk.48.attn_q.weight"] {
      #expect(three.pattern.matches(name))
    }
    for name in ["blk.4.attn_q.weight", "blk.45.attn_q.weight", "blk.460.x", "token_embd.weight"] {
      #expect(!three.pattern.matches(name) && !one.pattern.matches(name))
    }
    #expect(Self.layers(47, nil).floor(.Q8_0) == nil)
  }
}
