import GGUF

/// The numbers that describe a model's architecture, `llama.block_count` and the like.
struct ArchitectureNumbers {
  /// The largest number that is believed: products of a few stay far below overflow.
  private static let most = 1 << 24

  private let metadata: Metadata
  private let architecture: String

  init(_ metadata: Metadata) {
    self.metadata = metadata
    architecture = metadata["general.architecture"]?.string ?? ""
  }

  /// The key in full.
  func name(_ key: String) -> String { "\(architecture).\(key)" }

  /// Whether the key is there, whatever it holds.
  func holds(_ key: String) -> Bool { metadata[name(key)] != nil }

  /// The number of a key: a single one, or that of a block where each has its own; nil where there is
  /// none or it is no sensible one.
  func integer(_ key: String, block: Int? = nil) -> Int? {
    let value = metadata[name(key)]
    let each = block.flatMap { block in value?.integers.flatMap { $0.dropFirst(block).first } }
    return (value?.integer ?? each).flatMap { (0...Self.most).contains($0) ? $0 : nil }
  }

  /// Whether a key says yes of a block, by a truth value for each, which some files write as numbers.
  func says(_ key: String, of block: Int) -> Bool {
    let value = metadata[name(key)]
    let truths = value?.bools ?? value?.integers?.map { $0 != 0 }
    return truths?.dropFirst(block).first ?? false
  }

  /// The number of a key that must be there.
  func required(_ key: String, block: Int? = nil) throws(MemoryError) -> Int {
    guard let value = integer(key, block: block) else { throw .missing(name(key)) }
    return value
  }

  /// The largest of the numbers of a key.
  func largest(_ key: String) -> Int? {
    let value = metadata[name(key)]
    return (value?.integer ?? value?.integers?.max()).flatMap {
      (0...Self.most).contains($0) ? $0 : nil
    }
  }

  /// The numbers of a key from the smallest to the largest; nil where there is none or one is no sensible one.
  func range(_ key: String) -> ClosedRange<Int>? {
    let value = metadata[name(key)]
    let all = value?.integer.map { [$0] } ?? value?.integers ?? []
    guard let smallest = all.min(), let largest = all.max(), 0 <= smallest, largest <= Self.most
    else { return nil }
    return smallest...largest
  }
}
