/// Everything in one file before its tensor data, checked against the rules of the format and
/// against the real size of the file.
struct FileHeader: Sendable {
  let version: UInt32
  let metadata: Metadata
  /// The alignment of the tensor data, in bytes.
  let alignment: Int
  /// In the order of the file, at absolute offsets.
  private(set) var tensors: [TensorDescriptor]
  /// What lies between the header and the tensors, between them, and up to the alignment behind the last one, as
  /// far as the file goes. Writers fill it with zeros.
  private(set) var padding: [Range<Int>] = []
  /// What the file holds behind all that.
  let surplus: Range<Int>

  /// The longest header that is read, in bytes. Headers are held in memory; those of the largest
  /// vocabularies take about 30 MB.
  static let byteLimit = 256 << 20

  /// - Throws: `FormatError` for a malformed file, `FileError` if it cannot be read.
  init(reading file: OpenFile) throws {
    guard file.stamp.size > 0 else { throw FormatError(path: file.path, .empty) }
    var reader = ByteReader(file, limit: Self.byteLimit)
    guard try reader.bytes(4) == Array("GGUF".utf8) else { throw reader.error(.notGGUF, at: 0) }
    version = try Self.version(from: &reader)
    let counts = try Self.counts(from: &reader)
    metadata = try Self.metadata(count: counts.keys, from: &reader)
    do {
      alignment = try metadata.alignment
    } catch {
      throw FormatError(path: file.path, error)
    }
    let entries = try Self.tensors(count: counts.tensors, from: &reader)

    tensors = []
    tensors.reserveCapacity(entries.count)
    var place = FileLayout.Cursor(after: reader.position, alignment: alignment)
    let dataStart = place.offset
    padding.append(reader.position..<dataStart)
    for entry in entries {
      guard entry.relativeOffset == UInt64(place.offset - dataStart) else {
        throw reader.error(
          .tensorOffset(
            tensor: entry.tensor.name, found: entry.relativeOffset,
            expected: place.offset - dataStart),
          at: entry.position)
      }
      var tensor = entry.tensor
      do {
        try place.put(&tensor)
      } catch {
        throw reader.error(error, at: entry.position)
      }
      let end = tensor.offset + tensor.byteCount
      guard end <= file.stamp.size else {
        throw reader.error(
          .tensorPastEnd(tensor: tensor.name, end: end, fileSize: file.stamp.size),
          at: entry.position)
      }
      tensors.append(tensor)
      padding.append(end..<place.offset)
    }
    let size = file.stamp.size
    surplus = min(place.offset, size)..<size
    padding = padding.map { $0.clamped(to: 0..<size) }.filter { !$0.isEmpty }
  }

  private static func version(from reader: inout ByteReader) throws -> UInt32 {
    let start = reader.position
    let version = try reader.integer(UInt32.self)
    // Version 2 or 3 in big-endian byte order leaves the low half empty.
    if version != 0, version & 0xFFFF == 0 { throw reader.error(.byteSwapped, at: start) }
    guard version == 2 || version == 3 else { throw reader.error(.version(version), at: start) }
    return version
  }

  /// The declared numbers of tensors and keys, none larger than the file could hold.
  private static func counts(
    from reader: inout ByteReader
  ) throws -> (tensors: UInt64, keys: UInt64) {
    let start = reader.position
    let tensors = try reader.integer(UInt64.self)
    let keys = try reader.integer(UInt64.self)
    // The shortest tensor entry: name length, 1 byte, dimension count, 1 dimension, type, offset.
    guard tensors <= UInt64(reader.remaining / (8 + 1 + 4 + 8 + 4 + 8)) else {
      throw reader.error(.tensorCount(tensors), at: start)
    }
    // The shortest key: name length, 1 byte, kind, 1 byte.
    guard keys <= UInt64(reader.remaining / (8 + 1 + 4 + 1)) else {
      throw reader.error(.keyCount(keys), at: start + 8)
    }
    return (tensors, keys)
  }
}
