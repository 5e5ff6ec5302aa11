package import GGUF

/// The keys and values that a program keeps of every token in its context.
///
/// Each block with attention stores, per token, a row of `KV heads × key length` and one of
/// `KV heads × value length`. Latent attention (MLA) stores one row of `KV rank + rotary dimensions`
/// instead. Counted as ik_llama.cpp allocates it (`llama_kv_cache_init`): every block holds the whole
/// context, those with a sliding window too.
package struct KVCache: Sendable, Equatable {
  /// Tokens of context.
  package let context: Int
  /// How rows are stored.
  package let type: TensorType
  /// The blocks that have attention.
  package let blocks: Int
  /// Bytes of all rows.
  package let bytes: Int

  /// The cache of a model.
  ///
  /// - Throws: where the metadata lacks what it takes, or the type does not divide the rows.
  package init(
    of metadata: Metadata, tensors names: [String], context: Int, type: TensorType
  ) throws(MemoryError) {
    let keys = ArchitectureNumbers(metadata)
    self.context = context
    self.type = type
    let attention = try Self.attentionBlocks(names)
    blocks = attention.count
    var bytes = 0
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

  /// The numbers of the blocks whose tensors make keys: apart, together with queries and values, or
  /// latent. A block with a state of its own (`ssm_…`) has no cache that grows.
  private static func attentionBlocks(_ names: [String]) throws(MemoryError) -> [Int] {
    var makesKeys: Set<Int> = []
    var hasState: Set<Int> = []
    for name in names {
      let parts = name.split(separator: ".")
      guard parts.count > 2, parts[0] == "blk", let block = Int(parts[1]) else { continue }
      if ["attn_k", "attn_qkv", "attn_kv_a_mqa"].contains(parts[2]) { makesKeys.insert(block) }
      if parts[2].hasPrefix("ssm_") { hasState.insert(block) }
    }
    let blocks = makesKeys.subtracting(hasState).sorted()
    guard !blocks.isEmpty else { throw .noAttention }
    return blocks
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
    let lengths = ["attention.key_length", "attention.value_length"].map {
      keys.integer($0) ?? length
    }
    return lengths.map { shared * $0 }
  }
}
