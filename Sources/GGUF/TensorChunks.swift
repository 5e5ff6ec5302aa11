/// The parts of one tensor's data that have been written, with their digests.
struct TensorChunks: Sendable {
  struct Chunk: Sendable {
    /// In bytes.
    let count: Int
    let digest: ContentDigest
  }

  private let byteCount: Int
  private var chunks: [Int: Chunk] = [:]

  init(byteCount: Int) { self.byteCount = byteCount }

  mutating func record(_ chunk: Chunk, at offset: Int) { chunks[offset] = chunk }

  /// The chunks in order of their offsets.
  var sorted: [(offset: Int, chunk: Chunk)] {
    chunks.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The first byte that no chunk covers or that two do; nil where each is covered once.
  var firstFault: Int? {
    var end = 0
    for (offset, chunk) in sorted {
      guard offset == end else { return min(offset, end) }
      end += chunk.count
    }
    return end == byteCount ? nil : end
  }
}
