package import GGUF

/// The keys and values that a program keeps of every token in its context, and the states that some blocks have in
/// their place.
///
/// Each block with attention stores, per token, a row of `KV heads × key length` and one of
/// `KV heads × value length`. Latent attention (MLA) stores one row of `KV rank + rotary dimensions`
/// instead; what `-mla 1` without flash attention stores of it transposed is not counted. Counted as
/// ik_llama.cpp allocates it (`llama_kv_cache_init`): every block holds the whole context, those with a
/// sliding window too. Blocks that read the keys of others (`attention.shared_kv_layers`, the last ones) hold nothing.
/// Blocks with a window may have heads of lengths of their own. Blocks that draft hold their rows
/// twice: with `-mtp`, a second context has rows for them alone beside those of the first.
package struct KVCache: Sendable, Equatable {
  /// Tokens of context.
  package let context: Int
  /// How rows are stored.
  package let type: TensorType
  /// The blocks that have attention; those that draft count twice.
  package let blocks: Int
  /// The states of the others.
  package let states: RecurrentStates
  /// Bytes of all rows and states.
  package let bytes: Int

  /// The cache of a model.
  ///
  /// - Parameter runtime: the program that runs the model.
  /// - Throws: where the metadata lacks what it takes, the type does not divide the rows, or the program does
  ///   not store keys in it.
  package init(
    of metadata: Metadata, tensors names: [String], context: Int, type: TensorType,
    runtime: Runtime
  ) throws(MemoryError) {
    guard runtime.storesKeys(as: type) else { throw .notStored(type, runtime) }
    let keys = ArchitectureNumbers(metadata)
    self.context = context
    self.type = type
    let readers = keys.integer("attention.shared_kv_layers") ?? 0
    let holders = readers > 0 ? try keys.required("block_count") - readers : .max
    let all = try Self.attentionBlocks(names).filter {
      $0 < holders && keys.integer("attention.head_count_kv", block: $0) != 0
    }
    let attention = all + all.filter(DraftLayers(of: metadata).numbers.contains)
    blocks = attention.count
    states = try RecurrentStates(of: metadata, tensors: names)
    var bytes = states.bytes
    for block in attention {
      for columns in try Self.rows(of: block, keys) {
        guard let row = type.rowBytes(columns: columns), columns > 0 else {
          throw .rowLength(columns: columns, type)
        }
        let (size, overflow) = row.multipliedReportingOverflow(by: context)
        let (sum, carry) = bytes.addingReportingOverflow(size)
        guard !overflow, !carry else { throw .tooLarge }
        bytes = sum
      }
    }
    self.bytes = bytes
  }

  /// The numbers of the blocks that keep keys of every token: those whose tensors make keys, apart or latent,
  /// whatever else they have. Beside a state of a fixed size (`ssm_…`), keys feed that where they are made
  /// together with queries and values (`attn_qkv`, Qwen3-Next) or convolved (`ssm_conv1d_k`, Kimi Linear).
  ///
  /// - Throws: where no tensor makes keys, and nothing that is known stands in for attention.
  private static func attentionBlocks(_ names: [String]) throws(MemoryError) -> [Int] {
    var makesKeys: Set<Int> = []
    var feedsState: Set<Int> = []
    var hasState: Set<Int> = []
    for name in names {
      let parts = name.split(separator: ".")
      guard parts.count > 2, parts[0] == "blk", let block = Int(parts[1]) else { continue }
      switch parts[2] {
      case "attn_k", "attn_kv_a_mqa": makesKeys.insert(block)
      case "attn_qkv":
        makesKeys.insert(block)
        feedsState.insert(block)
      case let part where isState(part):
        hasState.insert(block)
        if part == "ssm_conv1d_k" { feedsState.insert(block) }
      default: break
      }
    }
    let blocks = makesKeys.subtracting(feedsState.intersection(hasState)).sorted()
    guard !blocks.isEmpty || !hasState.isEmpty else { throw .noAttention }
    return blocks
  }

  /// Whether a tensor belongs to a mixer that keeps a state of a fixed size: a state-space model, a short
  /// convolution, RWKV.
  private static func isState(_ part: Substring) -> Bool {
    ["ssm_", "shortconv", "time_mix_"].contains { part.hasPrefix($0) }
  }

  /// The lengths of the rows that a block stores of a token.
  private static func rows(of block: Int, _ keys: ArchitectureNumbers) throws(MemoryError) -> [Int]
  {
    if let rank = keys.integer("attention.kv_lora_rank"), rank > 0 {
      return [rank + (try keys.required("rope.dimension_count"))]
    }
    let heads = try keys.required("attention.head_count", block: block)
    let shared = keys.integer("attention.head_count_kv", block: block) ?? heads
    guard heads > 0, shared > 0 else { throw .missing(keys.name("attention.head_count")) }
    let length = try keys.required("embedding_length") / heads
    let hasWindow = keys.says("attention.sliding_window_pattern", of: block)
    let lengths = ["attention.key_length", "attention.value_length"].map { name in
      (hasWindow ? keys.integer("\(name)_swa") : nil) ?? keys.integer(name) ?? length
    }
    return lengths.map { shared * $0 }
  }
}
