package import GGUF

/// Memory that a budget is for, and the tensors that go there.
package struct Pool: Sendable {
  /// What reports call it; nil where it is the only one.
  package let name: String?
  /// The tensors that go there, of those that no earlier pool takes; nil: all that no other pool takes.
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

}

extension [Pool] {
  /// The number of the pool that a tensor goes to: the first whose pattern matches its name, or else the last one
  /// without a pattern.
  package func place(of tensor: String) -> Int {
    firstIndex { $0.pattern?.matches(tensor) == true } ?? lastIndex { $0.pattern == nil } ?? count
      - 1
  }
}
