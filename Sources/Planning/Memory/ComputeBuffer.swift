package import GGUF

/// The memory that a program computes in, estimated.
///
/// For a batch of 512 tokens, the default of both programs, with flash attention: the logits, twice
/// the residual stream and three rows of the widest feed-forward layer in 32 bits each, and the
/// attention mask in 16; twice that for a model with layers that draft, which have a context of their own. ik_llama.cpp 8337e4cd reports 8.0 MiB where this gives 10.0 (Folio 4M, 4,096
/// tokens of context), and 97.1 where it gives 116.2 (SmolLM2-135M, 8,192): it is meant to be above.
package struct ComputeBuffer: Sendable, Equatable {
  /// Tokens of a batch.
  package static let batch = 512

  /// Bytes.
  package let bytes: Int

  /// The buffer for a model with so many tokens of context.
  ///
  /// - Throws: where the metadata lacks what it takes.
  package init(
    of metadata: Metadata, vocabulary: Int, context: Int
  ) throws(MemoryError) {
    let keys = ArchitectureNumbers(metadata)
    let residual = try keys.required("embedding_length")
    let dense = keys.largest("feed_forward_length") ?? 4 * residual
    let experts =
      (keys.integer("expert_used_count") ?? 0) * (keys.integer("expert_feed_forward_length") ?? 0)
    let floats = vocabulary + 2 * residual + 3 * max(dense, experts)
    let (mask, overflow) = (2 * context).multipliedReportingOverflow(by: Self.batch)
    let contexts = DraftLayers(of: metadata).numbers.isEmpty ? 1 : 2
    guard !overflow, (0..<1 << 40).contains(floats) else { throw .tooLarge }
    let (sum, carry) = mask.addingReportingOverflow(4 * floats * Self.batch)
    let (total, excess) = sum.multipliedReportingOverflow(by: contexts)
    guard !carry, !excess else { throw .tooLarge }
    bytes = total
  }
}
