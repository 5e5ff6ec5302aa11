package import GGUF

/// Memory that a budget is for, and the tensors that go there.
package struct Pool: Sendable {
  /// What reports call it; nil where it is the only one.
  package let name: String?
  /// The tensors that go there, of those that no earlier pool takes; nil: all.
  package let pattern: TensorPattern?
  /// The only types to choose from there; nil: no further limit.
  package let types: [TensorType]?
  /// The bytes to spend.
  package var budget: Int
  /// Bytes that count against the budget whatever is chosen, such as metadata or a KV cache.
  package let fixedBytes: Int

  /// A pool of `budget` bytes; by default for all tensors.
  package init(
    name: String? = nil, pattern: TensorPattern? = nil, types: [TensorType]? = nil, budget: Int,
    fixedBytes: Int = 0
  ) {
    self.name = name
    self.pattern = pattern
    self.types = types
    self.budget = budget
    self.fixedBytes = fixedBytes
  }

  /// Whether the pool takes a tensor of this name, where no earlier one does.
  package func takes(_ name: String) -> Bool { pattern?.matches(name) ?? true }
}
