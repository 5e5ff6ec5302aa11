import GGUF
import Planning
import Testing

@Suite("The memory beside the weights")
struct MemoryTests {
  private static func metadata(_ numbers: [String: UInt32], _ name: String = "llama") -> Metadata {
    var metadata = Metadata()
    metadata["general.architecture"] = .string(name)
    for (key, value) in numbers { metadata["\(name).\(key)"] = .uint32(value) }
    return metadata
  }

  private static let folio = metadata([
    "embedding_length": 256, "attention.head_count": 4, "attention.head_count_kv": 2,
    "feed_forward_length": 512,
  ])

  private static func blocks(_ count: Int, _ tensor: String = "attn_k") -> [String] {
    (0..<count).map { "blk.\($0).\(tensor).weight" }
  }

  private static func cache(
    _ metadata: Metadata, _ names: [String], context: Int = 4096, type: TensorType = .F16,
    runtime: Runtime = .ik
  ) throws -> KVCache {
    try KVCache(of: metadata, tensors: names, context: context, type: type, runtime: runtime)
  }

  @Test("is for keys and values what ik_llama.cpp reports: 12 MiB and 6.375 MiB for Folio 4M")
  func reported() throws {
    #expect(try Self.cache(Self.folio, Self.blocks(6)).bytes == 12 << 20)
    #expect(try Self.cache(Self.folio, Self.blocks(6), type: .Q8_0).bytes == 51 << 17)
  }

  @Test("counts only blocks that make keys, none whose queries, keys and values feed a state")
  func hybrid() throws {
    let names = Self.blocks(8, "attn_qkv") + Self.blocks(6, "ssm_out") + ["output.weight"]
    #expect(try Self.cache(Self.folio, names).blocks == 2)
    #expect(try Self.cache(Self.folio, names).bytes == 4 << 20)
    let convolved = Self.blocks(8) + Self.blocks(5, "ssm_conv1d_k")
    #expect(try Self.cache(Self.folio, convolved).blocks == 3)
  }

  @Test("counts the states of a gated delta rule as ik_llama.cpp allocates them: of 1.21 MiB")
  func deltaRule() throws {
    let numbers: [String: UInt32] = [
      "embedding_length": 64, "attention.head_count": 4, "attention.head_count_kv": 2,
      "attention.key_length": 32, "attention.value_length": 32, "ssm.conv_kernel": 4,
      "ssm.group_count": 2, "ssm.time_step_rank": 4, "ssm.state_size": 64, "ssm.inner_size": 256,
    ]
    let metadata = Self.metadata(numbers, "qwen35")
    let names =
      Self.blocks(3, "attn_qkv") + Self.blocks(3, "ssm_alpha") + ["blk.3.attn_k.weight"]
    // The network `qwen35` of the tests; the program prints "CPU KV buffer size = 1.21 MiB".
    let cache = try Self.cache(metadata, names)
    #expect(cache.blocks == 1 && cache.states.blocks == 3)
    #expect(cache.states.bytes == 3 * 4 * (3 * 512 + 4 * 64 * 64))
    #expect(cache.bytes == (1 << 20) + cache.states.bytes)
    // A state does not grow with the context.
    #expect(try Self.cache(metadata, names, context: 1).states == cache.states)
    for key in numbers.keys where key.hasPrefix("ssm.") {
      let fewer = Self.metadata(numbers.filter { $0.key != key }, "qwen35")
      #expect(throws: MemoryError.missing("qwen35.\(key)")) { try Self.cache(fewer, names) }
    }
    let large = Self.metadata(numbers.merging(["ssm.inner_size": 1 << 24]) { $1 }, "qwen35")
    #expect(try Self.cache(large, names).states.bytes > 1 << 45)
  }

  @Test("counts blocks that have attention and a state side by side")
  func parallelHybrid() throws {
    let names = Self.blocks(4) + Self.blocks(4, "ssm_in")
    #expect(try Self.cache(Self.folio, names, context: 8192).bytes == 4 * 8192 * 2 * (2 * 64) * 2)
  }

  @Test("counts no block that the metadata give no heads of keys")
  func layersWithoutKeys() throws {
    var metadata = Self.folio
    metadata["llama.attention.head_count_kv"] = .int32s([0, 2, 0, 2])
    #expect(try Self.cache(metadata, Self.blocks(4)).blocks == 2)
  }

  @Test(
    "is nothing for a model of states alone", arguments: ["ssm_in", "shortconv", "time_mix_key"])
  func statesAlone(tensor: String) throws {
    let cache = try Self.cache(Self.folio, Self.blocks(4, tensor), context: 1 << 20)
    #expect(cache.blocks == 0 && cache.bytes == 0)
  }

  /// What it prints for such a model of three layers: 96 KiB for the model's own cache and 32 for that of its draft, and two
  /// compute buffers of one size.
  @Test(
    "counts layers that draft as ik_llama.cpp runs them: in both caches, with two compute buffers")
  func drafting() throws {
    var metadata = Self.metadata([
      "embedding_length": 64, "attention.head_count": 4, "attention.head_count_kv": 2,
      "attention.key_length": 16, "attention.value_length": 16, "block_count": 3,
    ])
    let plain = try ComputeBuffer(of: metadata, vocabulary: 40, context: 256)
    metadata["llama.nextn_predict_layers"] = .uint32(1)
    let cache = try Self.cache(metadata, Self.blocks(3), context: 256)
    #expect(cache.blocks == 4 && cache.bytes == (96 + 32) << 10)
    #expect(
      try ComputeBuffer(of: metadata, vocabulary: 40, context: 256).bytes == 2 * plain.bytes)
  }

  @Test("is stored as a type that the program has")
  func runtimes() throws {
    for type in [TensorType.Q6_0, .Q8_KV] {
      #expect(Runtime.ik.storesKeys(as: type))
      #expect(throws: MemoryError.notStored(type, .mainline)) {
        try Self.cache(Self.folio, Self.blocks(6), type: type, runtime: .mainline)
      }
    }
    #expect(MemoryError.notStored(.Q6_0, .mainline).kind == .infeasible)
    for type in [TensorType.F16, .BF16, .Q8_0, .IQ4_NL] {
      #expect(Runtime.allCases.allSatisfy { $0.storesKeys(as: type) })
    }
    #expect(!Runtime.allCases.contains { $0.storesKeys(as: .Q4_K) })
  }

  @Test("heeds key and value lengths and heads of their own for each block")
  func lengths() throws {
    var metadata = Self.folio
    metadata["llama.attention.key_length"] = .uint32(128)
    metadata["llama.attention.value_length"] = .uint32(32)
    let bytes = try Self.cache(metadata, Self.blocks(1), context: 10).bytes
    #expect(bytes == 10 * 2 * 2 * (128 + 32))
    metadata["llama.attention.head_count_kv"] = .int32s([1, 4])
    let two = try Self.cache(metadata, Self.blocks(2), context: 10).bytes
    #expect(two == 10 * 2 * (1 + 4) * (128 + 32))
  }

  @Test(
    "heeds windows with heads of their own, and blocks that read others' keys: as ik_llama.cpp reports"
  )
  func sharedKeys() throws {
    var metadata = Self.metadata(
      [
        "block_count": 7, "embedding_length": 64, "attention.head_count": 4,
        "attention.head_count_kv": 2, "attention.key_length": 32, "attention.value_length": 32,
        "attention.key_length_swa": 16, "attention.value_length_swa": 16,
        "attention.shared_kv_layers": 3,
      ], "gemma4")
    metadata["gemma4.attention.sliding_window_pattern"] = .int32s(
      [1, 0, 1, 0, 1, 1, 0])
    // For this model it reports 1.50 MiB of values in f16.
    let cache = try Self.cache(metadata, Self.blocks(7))
    #expect(cache.blocks == 4 && cache.bytes == 3 << 20)
  }

  @Test("is one row of the rank and the rotary dimensions under latent attention")
  func latent() throws {
    let metadata = Self.metadata(
      [
        "embedding_length": 7168, "attention.head_count": 128, "attention.kv_lora_rank": 512,
        "rope.dimension_count": 64,
      ], "deepseek2")
    let cache = try Self.cache(metadata, Self.blocks(61, "attn_kv_a_mqa"), context: 32_768)
    #expect(cache.bytes == 61 * 32_768 * 576 * 2)
    // ik_llama.cpp logs 0.75 MiB of it, whatever widths heads have.
    let small = Self.metadata(
      [
        "embedding_length": 64, "attention.head_count": 4, "attention.kv_lora_rank": 32,
        "rope.dimension_count": 16, "attention.key_length": 32, "attention.value_length": 16,
      ], "deepseek2")
    let bytes = try Self.cache(small, Self.blocks(2, "attn_kv_a_mqa"), context: 4096).bytes
    #expect(bytes == 3 << 18)
  }

  @Test("is for the compute buffer above what ik_llama.cpp reports, by less than a third")
  func computeBuffer() throws {
    let folio = try ComputeBuffer(of: Self.folio, vocabulary: 1024, context: 4096)
    #expect(folio.bytes > 8_398_000 && folio.bytes < 11_200_000)
    let smol = try ComputeBuffer(
      of: Self.metadata(["embedding_length": 576, "feed_forward_length": 1536]),
      vocabulary: 49_152, context: 8192)
    #expect(smol.bytes > 101_850_000 && smol.bytes < 135_800_000)
  }

  @Test("cannot be told where the metadata lacks it, rows do not divide, or nothing makes keys")
  func errors() throws {
    #expect(throws: MemoryError.noAttention) { try Self.cache(Self.folio, ["output.weight"]) }
    #expect(throws: MemoryError.missing("llama.attention.head_count")) {
      try Self.cache(Self.metadata(["embedding_length": 256]), Self.blocks(1))
    }
    #expect(throws: MemoryError.missing("llama.embedding_length")) {
      try ComputeBuffer(of: Self.metadata([:]), vocabulary: 10, context: 10)
    }
    var metadata = Self.folio
    metadata["llama.attention.key_length"] = .uint32(20)
    #expect(throws: MemoryError.rowLength(columns: 40, .Q8_0)) {
      try Self.cache(metadata, Self.blocks(1), type: .Q8_0)
    }
    metadata["llama.attention.key_length"] = .uint32(1 << 24)
    #expect(throws: MemoryError.tooLarge) {
      try Self.cache(metadata, Self.blocks(60), context: .max / 3)
    }
  }
}
