extension FileHeader {
  static func metadata(count: UInt64, from reader: inout ByteReader) throws -> Metadata {
    var metadata = Metadata()
    for _ in 0..<count {
      let start = reader.position
      let length = try reader.integer(UInt64.self)
      guard length > 0 else { throw reader.error(.emptyKey, at: start) }
      guard length <= UInt64(reader.remaining) else {
        throw reader.error(.keyTooLong(length), at: start)
      }
      guard let key = String(validating: try reader.bytes(Int(length)), as: UTF8.self) else {
        throw reader.error(.keyNotText, at: start)
      }
      guard metadata[key] == nil else { throw reader.error(.duplicateKey(key), at: start) }
      metadata[key] = try MetadataValue(of: key, from: &reader)
    }
    return metadata
  }

  /// A tensor as the header lists it, before its place is known.
  struct Entry {
    let tensor: TensorDescriptor
    /// The declared place, in bytes from the start of the tensor data.
    let relativeOffset: UInt64
    /// Where the entry itself begins.
    let position: Int
  }

  static func tensors(count: UInt64, from reader: inout ByteReader) throws -> [Entry] {
    var entries: [Entry] = []
    var names: Set<String> = []
    for _ in 0..<count {
      let entry = try tensor(from: &reader)
      guard names.insert(entry.tensor.name).inserted else {
        throw reader.error(.duplicateTensor(entry.tensor.name), at: entry.position)
      }
      entries.append(entry)
    }
    return entries
  }

  private static func tensor(from reader: inout ByteReader) throws -> Entry {
    let start = reader.position
    let length = try reader.integer(UInt64.self)
    guard 1..<64 ~= length else {
      throw reader.error(.tensorNameLength(Int(clamping: length)), at: start)
    }
    guard let name = String(validating: try reader.bytes(Int(length)), as: UTF8.self) else {
      throw reader.error(.tensorNameNotText, at: start)
    }
    let dimensions = try reader.integer(UInt32.self)
    guard 1...4 ~= dimensions else {
      throw reader.error(.dimensionCount(tensor: name, Int(dimensions)), at: start)
    }
    var shape: [Int] = []
    for _ in 0..<dimensions { shape.append(Int(try reader.integer(Int64.self))) }
    let id = try reader.integer(UInt32.self)
    guard let type = TensorType.withID(id) else {
      throw reader.error(.unknownType(tensor: name, id: id), at: start)
    }
    let relativeOffset = try reader.integer(UInt64.self)
    do {
      let tensor = try TensorDescriptor(name: name, shape: shape, type: type)
      return Entry(tensor: tensor, relativeOffset: relativeOffset, position: start)
    } catch {
      throw reader.error(error, at: start)
    }
  }
}
