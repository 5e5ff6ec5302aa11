import GGUF
import Planning
import Testing
import TestSupport

@Suite("A model's outline")
struct ModelOutlineTests {
  private func outline(_ keys: [GGUFFixture.Key]) throws -> ModelOutline {
    let directory = TemporaryDirectory()
    let path = try directory.write(GGUFFixture(keys: keys).bytes, to: "model.gguf")
    return try ModelOutline(metadata: ModelFile(path: path).metadata, tensors: [])
  }

  private static let least: [GGUFFixture.Key] = [
    .string("general.architecture", "qwen2"), .uint32("qwen2.block_count", 24),
  ]

  @Test("takes what is not given as absent")
  func defaults() throws {
    let outline = try outline(Self.least)
    #expect(outline.architecture == "qwen2")
    #expect(outline.blocks == 24)
    #expect((outline.heads, outline.kvHeads, outline.headsPerKV) == (0, 0, 0))
    #expect((outline.experts, outline.vocabulary, outline.embeddingLength) == (0, 0, 0))
    #expect(outline.isTied)
  }

  @Test("has as many heads of keys as of queries unless it says otherwise")
  func heads() throws {
    let heads = Self.least + [.uint32("qwen2.attention.head_count", 14)]
    #expect(try outline(heads).headsPerKV == 1)
    let grouped = heads + [.uint16("qwen2.attention.head_count_kv", 4)]
    #expect(try outline(grouped).headsPerKV == 3)
    let none = heads + [.uint32("qwen2.attention.head_count_kv", 0)]
    #expect(try outline(none).headsPerKV == 0)
  }

  @Test("is that of the first block where heads differ")
  func headsByBlock() throws {
    let keys =
      Self.least + [
        .array("qwen2.attention.head_count", of: 4, count: 2, [8, 0, 0, 0, 2, 0, 0, 0]),
        .array("qwen2.attention.head_count_kv", of: 4, count: 2, [2, 0, 0, 0, 2, 0, 0, 0]),
      ]
    #expect(try outline(keys).headsPerKV == 4)
  }

  @Test("counts tokens by its own key, else by the tokenizer's list")
  func vocabulary() throws {
    let listed = Self.least + [.strings("tokenizer.ggml.tokens", ["a", "b", "c"])]
    #expect(try outline(listed).vocabulary == 3)
    #expect(try outline(listed + [.uint32("qwen2.vocab_size", 7)]).vocabulary == 7)
  }

  @Test("has its tensors in order, and knows which are to be kept")
  func tensors() throws {
    var metadata = Metadata()
    metadata["general.architecture"] = .string("llama")
    metadata["llama.block_count"] = .uint32(1)
    let tensors = [
      try TensorDescriptor(name: "output.weight", shape: [64, 3], type: .BF16),
      try TensorDescriptor(name: "output_norm.weight", shape: [64], type: .F32),
    ]
    let outline = try ModelOutline(metadata: metadata, tensors: tensors)
    #expect(!outline.isTied)
    #expect(outline.tensors.map(\.name) == ["output.weight", "output_norm.weight"])
    #expect(outline.tensors.map(\.shape.rows) == [3, 1])
    #expect(outline.tensors.map(\.type) == [.BF16, .F32])
    #expect(outline.tensors.map(\.isQuantizable) == [true, false])
  }

  @Test(
    "is refused with the key that is missing or wrong",
    arguments: [
      ([], ModelOutlineError.missing(key: "general.architecture")),
      ([.uint32("general.architecture", 1)], .notText(key: "general.architecture")),
      ([least[0]], .missing(key: "qwen2.block_count")),
      ([least[0], .string("qwen2.block_count", "x")], .notACount(key: "qwen2.block_count")),
      ([least[0], .int32("qwen2.block_count", -1)], .notACount(key: "qwen2.block_count")),
      (
        least + [.array("qwen2.attention.head_count", of: 4, count: 0, [])],
        .notACount(key: "qwen2.attention.head_count")
      ),
    ] as [([GGUFFixture.Key], ModelOutlineError)])
  func refused(keys: [GGUFFixture.Key], error: ModelOutlineError) {
    #expect(throws: error) { try outline(keys) }
  }
}
