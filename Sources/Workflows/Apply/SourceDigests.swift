import GGUF
import Synchronization

/// The digests of what a model's tensors hold, taken by many threads as they read.
///
/// A tensor is digested in stretches, so that several threads can share it: the digest of its bytes is the SHA-256 of
/// the SHA-256 of each stretch, 32 bytes each, in order. A stretch has max(1, 2²⁰ ÷ columns) groups of rows, a group
/// being one row but for types that interleave several; the last stretch may be shorter.
///
/// The digest of the model, `ration.source_sha256`, is the SHA-256 of, for each tensor in the order of the files: its
/// name and the name of its type, each preceded by its length in bytes; the number of its dimensions; each dimension;
/// and the digest of its bytes, 32 bytes. Numbers are `UInt64`, little-endian. Neither metadata nor the division into
/// files is part of it.
final class SourceDigests: Sendable {
  private let model: ModelFile
  /// Nil where an output has a tensor that the model lacks.
  private let tensors: [TensorDescriptor?]
  private let state: Mutex<State>

  private struct State {
    /// Of the tensors that were read in part: the stretches that were.
    var stretches: [Int: [ContentDigest?]] = [:]
    var digests: [ContentDigest?]
  }

  /// Of all tensors of a model.
  convenience init(of model: ModelFile) { self.init(of: model.tensors, in: model) }

  /// Of some tensors of a model, each at its place.
  init(of tensors: [TensorDescriptor?], in model: ModelFile) {
    self.model = model
    self.tensors = tensors
    state = Mutex(State(digests: Array(repeating: nil, count: tensors.count)))
  }

  /// The digest of a tensor's bytes; nil as long as it was not read to the end.
  subscript(index: Int) -> ContentDigest? { state.withLock { $0.digests[index] } }

  /// The digests of the tensors' bytes, in their order.
  ///
  /// - Precondition: All tensors were read.
  var digests: [ContentDigest] {
    zip(tensors, state.withLock { $0.digests }).compactMap { tensor, digest in
      guard let tensor else { return nil }
      guard let digest else { preconditionFailure("\(tensor.name) was not read") }
      return digest
    }
  }

  /// The digest of a model.
  ///
  /// - Parameter digests: of the bytes of its tensors, in their order.
  static func digest(of model: ModelFile, tensors digests: [ContentDigest]) -> ContentDigest {
    precondition(digests.count == model.tensors.count, "\(digests.count) digests")
    var hasher = ContentHasher()
    for (tensor, digest) in zip(model.tensors, digests) {
      hasher.add(tensor.name)
      hasher.add(tensor.type.name)
      hasher.add(UInt64(tensor.shape.count))
      for dimension in tensor.shape { hasher.add(UInt64(dimension)) }
      hasher.add(digest)
    }
    return hasher.finish()
  }

  /// Takes in a stretch of a tensor.
  ///
  /// - Returns: The digest of the tensor, if this was the last stretch that was missing.
  func add(_ bytes: UnsafeRawBufferPointer, stretch: Int, of index: Int) -> ContentDigest? {
    let digest = ContentDigest(of: bytes)
    let count = tensor(index).stretches.count
    return state.withLock { state in
      state.stretches[index, default: Array(repeating: nil, count: count)][stretch] = digest
      guard let all = state.stretches[index], !all.contains(nil) else { return nil }
      state.stretches[index] = nil
      let whole = Self.digest(of: all.compactMap { $0 })
      state.digests[index] = whole
      return whole
    }
  }

  /// Reads a whole tensor.
  ///
  /// - Parameter pause: called between stretches; what it throws ends the reading.
  func read(_ index: Int, pause: () throws -> Void) throws -> ContentDigest {
    let tensor = tensor(index)
    let stretches = tensor.stretches
    let buffer = AlignedBuffer<UInt8>(count: (stretches.first?.count ?? 0) * tensor.rowBytes)
    let digests = try stretches.map { rows in
      try pause()
      let bytes = buffer.bytes(rows.count * tensor.rowBytes)
      try model.readRows(tensor, rows: rows, into: bytes)
      return ContentDigest(of: UnsafeRawBufferPointer(bytes))
    }
    let whole = Self.digest(of: digests)
    state.withLock { $0.digests[index] = whole }
    return whole
  }

  private func tensor(_ index: Int) -> TensorDescriptor {
    guard let tensor = tensors[index] else { preconditionFailure("the model lacks the tensor") }
    return tensor
  }

  private static func digest(of stretches: [ContentDigest]) -> ContentDigest {
    var hasher = ContentHasher()
    for digest in stretches { hasher.add(digest) }
    return hasher.finish()
  }
}

extension TensorDescriptor {
  /// The rows of each stretch, about a mebi of weights: large reads and writes, little memory.
  var stretches: [Range<Int>] {
    let step = max(1, (1 << 20) / columns) * type.rowsPerGroup
    return stride(from: 0, to: rows, by: step).map { $0..<min($0 + step, rows) }
  }
}
