import GGUF
import Planning
import Testing

@Suite("A skeleton gives a model")
struct SkeletonTypesTests {
  /// A model of `blocks` blocks with one matrix each.
  private func model(
    _ facts: [String: UInt32] = [:], architecture: String = "llama", blocks: UInt32 = 16,
    names: [String]? = nil, columns: Int = 512
  ) throws -> ModelOutline {
    var metadata = Metadata()
    metadata["general.architecture"] = .string(architecture)
    metadata["\(architecture).block_count"] = .uint32(blocks)
    for (key, value) in facts { metadata["\(architecture).\(key)"] = .uint32(value) }
    let names = names ?? (0..<blocks).map { "blk.\($0).ffn_up.weight" }
    let tensors = try names.map {
      try TensorDescriptor(name: $0, shape: [columns, 4], type: .F16)
    }
    return try ModelOutline(metadata: metadata, tensors: tensors)
  }

  /// The places at which the rule `.=q8_0` with these conditions holds.
  private func places(
    _ conditions: String, in model: ModelOutline, imatrix: Bool = false
  ) throws -> [Int] {
    let types = try Skeleton(parsing: ".=q8_0 if \(conditions)").types(for: model, imatrix: imatrix)
    return types.indices.filter { types[$0] == .Q8_0 }
  }

  @Test("the type of the first rule whose pattern matches and whose conditions hold")
  func firstMatch() throws {
    let skeleton = try Skeleton(
      parsing: """
        ffn=q8_0  if experts >= 4
        ffn=q6_K  if layer < 1
        ffn=q5_K
        .=q4_K
        """)
    #expect(try skeleton.types(for: model(blocks: 2), imatrix: false) == [.Q6_K, .Q5_K])
    #expect(
      try skeleton.types(for: model(["expert_count": 4], blocks: 2), imatrix: false)
        == [.Q8_0, .Q8_0])
    #expect(try skeleton.types(for: model(names: ["a.weight"]), imatrix: false) == [.Q4_K])
  }

  @Test("nothing where no rule is about a tensor, or it is one to keep")
  func silent() throws {
    let names = ["blk.0.attn_q.weight", "blk.0.attn_norm.weight", "blk.0.ffn_gate_inp.weight"]
    let skeleton = try Skeleton(parsing: "norm|gate=q8_0")
    #expect(try skeleton.types(for: model(names: names), imatrix: false) == [nil, nil, nil])
  }

  @Test(
    "what a condition says of it",
    arguments: [
      ("gqa = 4", true), ("gqa != 4", false), ("gqa < 4", false), ("gqa <= 4", true),
      ("gqa > 3", true), ("gqa >= 5", false), ("experts = 0", true), ("blocks = 16", true),
      ("vocabulary >= 1000", true), ("columns % 256 = 0", true), ("columns / 5 = 102", true),
      ("attentions = 0", true), ("tied", true), ("not tied", false), ("imatrix", false),
      ("not imatrix", true), ("arch = llama", true), ("arch = qwen2|llama", true),
      ("arch != qwen2|llama", false), ("size = 8b", false), ("size != 70b", true),
      ("gqa = 4 and blocks = 16", true), ("gqa = 4 and blocks = 17", false),
      ("7*blocks/8 = 14", true), ("blocks*blocks*blocks = 4096", true),
      ("vocabulary * 9223372036854775807 = 9223372036854775807", true),
    ])
  func conditions(condition: String, holds: Bool) throws {
    let model = try model([
      "attention.head_count": 32, "attention.head_count_kv": 8, "vocab_size": 1000,
    ])
    #expect(try places(condition, in: model).isEmpty != holds)
  }

  @Test("more bits in the first and last eighth, and in every third layer between")
  func moreBits() throws {
    #expect(
      try places("more_bits(layer, blocks)", in: model(blocks: 16))
        == [0, 1, 4, 7, 10, 13, 14, 15])
    #expect(try places("more_bits(layer, blocks)", in: model(blocks: 6)) == [2, 5])
    #expect(
      try places("more_bits(layer, blocks)", in: model(blocks: 61)).prefix(9)
        == [0, 1, 2, 3, 4, 5, 6, 9, 12])
  }

  @Test("layers in the order of its tensors, but by their names where it has experts")
  func layers() throws {
    let names = [9, 1, 2].map { "blk.\($0).ffn_up.weight" }
    #expect(try places("layer < 2", in: model(names: names)) == [0, 1])
    #expect(try places("layer < 2", in: model(["expert_count": 8], names: names)) == [1])
    #expect(try places("place < 2", in: model(["expert_count": 8], names: names)) == [0, 1])
    #expect(try places("layer < 2", in: model(["expert_count": 1], names: names)) == [0, 1])
  }

  @Test("places that count the tensors a pattern matches, those to keep left out")
  func counted() throws {
    let names = ["a_norm.weight", "x.weight", "a.0.weight", "x.1.weight", "a.1.weight"]
    let skeleton = try Skeleton(parsing: "^a=q8_0 if place = 1\n.=q4_K")
    #expect(
      try skeleton.types(for: model(names: names), imatrix: false)
        == [nil, .Q4_K, .Q4_K, .Q4_K, .Q8_0])
  }

  @Test("attention layers, with values apart or fused")
  func attentions() throws {
    let names = ["blk.0.attn_v.weight", "blk.1.attn_qkv.weight", "blk.2.ffn_up.weight"]
    #expect(try places("attentions = 2", in: model(names: names)).count == 3)
  }

  @Test("tied embeddings where there is no output matrix")
  func tied() throws {
    #expect(try places("tied", in: model(names: ["token_embd.weight"])) == [0])
    #expect(
      try places("tied", in: model(names: ["token_embd.weight", "output.weight"])) == [])
  }

  @Test(
    "a type with blocks of 32 where 256 does not divide the rows",
    arguments: [
      ("iq3_k", TensorType.IQ4_NL), ("q3_K", .IQ4_NL), ("iq4_kss", .IQ4_NL), ("iq4_xs", .IQ4_NL),
      ("q4_K", .Q5_0), ("iq4_k", .Q5_0), ("iq5_ks", .Q5_0), ("q5_K", .Q6_0), ("iq5_k", .Q6_0),
      ("q6_K", .Q8_0), ("iq6_k", .Q8_0), ("q4_0", .Q4_0), ("bf16", .BF16),
    ])
  func substitutes(name: String, type: TensorType) throws {
    let skeleton = try Skeleton(parsing: ".=\(name)")
    #expect(
      try skeleton.types(for: model(blocks: 1, columns: 576), imatrix: false) == [type])
    #expect(
      try skeleton.types(for: model(blocks: 1, columns: 512), imatrix: false)
        == [TensorType.named(name)])
  }

  @Test("nothing where no type fits its rows")
  func nothingFits() throws {
    let skeleton = try Skeleton(parsing: ".=q4_K")
    #expect(try skeleton.types(for: model(blocks: 1, columns: 80), imatrix: false) == [nil])
  }

  @Test("a recipe without conditions that both programs read as it is meant")
  func recipe() throws {
    let skeleton = try Skeleton(
      parsing: "# ftype: X\nup=q6_K if more_bits(layer, blocks)\nup=q4_K")
    let names = (0..<16).map { "blk.\($0).ffn_up.weight" } + ["blk.0.attn_norm.weight"]
    let model = try model(names: names)
    let types = skeleton.types(for: model, imatrix: true)
    let recipe = skeleton.recipe(for: model, imatrix: true)
    #expect(recipe.provenance["ftype"] == "X")
    #expect(recipe.rules.count == 2)
    for runtime in Runtime.allCases {
      try recipe.check(zip(names, types).map { (name: $0, type: $1) }, readBy: runtime)
    }
  }
}
