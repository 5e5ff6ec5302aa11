package import GGUF

/// A model that an earlier `apply` wrote, with what it says of each tensor's bytes and origin.
struct RecordedModel {
  let file: ModelFile
  private let digests: [ContentDigest]
  private let origins: [ContentDigest]
  private let places: [String: Int]

  /// - Throws: `MissingRecords` for a file that says nothing of the kind.
  init(path: String) throws {
    file = try ModelFile(path: path)
    let provenance: FileProvenance
    do throws(FormatError.Problem) {
      provenance = try FileProvenance(file.metadata, tensors: file.tensors.count)
    } catch {
      throw FormatError(path: file.path, error)
    }
    guard let digests = provenance.tensorDigests, let origins = provenance.tensorOrigins else {
      throw MissingRecords(path: file.path)
    }
    self.digests = digests
    self.origins = origins
    places = Dictionary(
      uniqueKeysWithValues: file.tensors.enumerated().map { ($1.name, $0) })
  }

  /// What is recorded of a tensor of this name, type and size.
  struct Record {
    fileprivate let tensor: TensorDescriptor
    /// The SHA-256 that its bytes had.
    let digest: ContentDigest
    let origin: ContentDigest
  }

  /// What is recorded of a tensor; nil where the file has none like it.
  func record(of tensor: TensorDescriptor) -> Record? {
    guard let place = places[tensor.name] else { return nil }
    let old = file.tensors[place]
    guard old.type == tensor.type, old.shape == tensor.shape else { return nil }
    return Record(tensor: old, digest: digests[place], origin: origins[place])
  }

  /// Hands a tensor's bytes over in pieces, each with its offset.
  func read(_ record: Record, _ body: (UnsafeRawBufferPointer, Int) throws -> Void) throws {
    let size = 1 << 20
    let buffer = AlignedBuffer<UInt8>(count: min(size, record.tensor.byteCount))
    for start in stride(from: 0, to: record.tensor.byteCount, by: size) {
      let range = start..<min(start + size, record.tensor.byteCount)
      let piece = buffer.bytes(range.count)
      try file.read(record.tensor, byteRange: range, into: piece)
      try body(UnsafeRawBufferPointer(piece), start)
    }
  }
}

/// A file that does not say where its tensors come from, so nothing can be taken over.
package struct MissingRecords: ClassifiedError {
  package let path: String
  package var kind: ErrorKind { .badInput }

  package var description: String {
    "\(path.escaped) does not record where its tensors come from, so none can be taken over; "
      + "files that this version of ration writes do"
  }
}
