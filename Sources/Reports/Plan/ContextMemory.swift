package import Planning

/// The memory that running a model takes beside its weights.
package struct ContextMemory: Sendable {
  package let cache: KVCache
  package let buffer: ComputeBuffer

  package init(cache: KVCache, buffer: ComputeBuffer) {
    self.cache = cache
    self.buffer = buffer
  }
}
