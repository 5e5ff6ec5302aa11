/// The memory that running a model takes beside its weights: what `--fit` counts in addition to them.
package struct ContextMemory: Sendable {
  /// What the program keeps of the text that it has read.
  package let cache: KVCache
  /// What it computes in.
  package let buffer: ComputeBuffer

  package init(cache: KVCache, buffer: ComputeBuffer) {
    self.cache = cache
    self.buffer = buffer
  }

  /// Bytes of both.
  package var bytes: Int { cache.bytes + buffer.bytes }
}
