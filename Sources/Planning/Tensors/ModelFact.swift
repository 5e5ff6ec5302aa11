package import GGUF

/// A number that describes the shape of a model, as its metadata give it.
package struct ModelFact: Sendable, Equatable {
  /// What it counts, as a noun: `blocks`.
  package let name: String
  /// The key behind that of the architecture: `block_count`.
  package let key: String
  /// The number; from the smallest to the largest where blocks have numbers of their own.
  package let values: ClosedRange<Int>

  package init(name: String, key: String, values: ClosedRange<Int>) {
    self.name = name
    self.key = key
    self.values = values
  }

  /// The keys that are looked for, in the order in which people ask.
  private static let keys = [
    ("block_count", "blocks"), ("embedding_length", "embedding"),
    ("attention.head_count", "heads"), ("attention.head_count_kv", "heads of keys and values"),
    ("feed_forward_length", "feed-forward"), ("expert_count", "experts"),
    ("expert_used_count", "experts used"), ("context_length", "context"),
    ("vocab_size", "vocabulary"),
  ]

  /// The numbers that metadata have. What is missing, or is no sensible number, is left out.
  package static func all(in metadata: Metadata) -> [ModelFact] {
    let numbers = ArchitectureNumbers(metadata)
    return keys.compactMap { key, name in
      numbers.range(key).map { ModelFact(name: name, key: key, values: $0) }
    }
  }
}
