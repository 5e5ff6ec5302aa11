/// How a value is laid out in a file: `u32 kind`, then the payload; or
/// `u32 9, u32 element kind, u64 count`, then the elements (`gguf.h`).
extension MetadataValue {
  /// Bytes that the value takes in a file.
  package var encodedByteCount: Int { (arrayCount == nil ? 4 : 16) + payload.count }

  func encode(into bytes: inout [UInt8]) {
    if let arrayCount {
      bytes.append(littleEndian: Kind.arrayID)
      bytes.append(littleEndian: kind.rawValue)
      bytes.append(littleEndian: UInt64(arrayCount))
    } else {
      bytes.append(littleEndian: kind.rawValue)
    }
    bytes.append(contentsOf: payload)
  }

  /// Reads the value of `key`.
  ///
  /// - Throws: `FormatError` or `FileError`.
  init(of key: String, from reader: inout ByteReader) throws {
    let start = reader.position
    let id = try reader.integer(UInt32.self)
    guard id == Kind.arrayID else {
      guard let kind = Kind(rawValue: id) else {
        throw reader.error(.unknownValueKind(key: key, id: id), at: start)
      }
      self.init(
        kind: kind, arrayCount: nil,
        payload: try Self.payload(of: key, kind, count: 1, from: &reader))
      return
    }
    let elementID = try reader.integer(UInt32.self)
    guard elementID != Kind.arrayID else { throw reader.error(.nestedArray(key: key), at: start) }
    guard let kind = Kind(rawValue: elementID) else {
      throw reader.error(.unknownValueKind(key: key, id: elementID), at: start)
    }
    let count = try reader.integer(UInt64.self)
    self.init(
      kind: kind, arrayCount: Int(clamping: count),
      payload: try Self.payload(of: key, kind, count: count, from: &reader))
  }

  /// Reads `count` consecutive values, after checking that the file is long enough for them.
  private static func payload(
    of key: String, _ kind: Kind, count: UInt64, from reader: inout ByteReader
  ) throws -> [UInt8] {
    let start = reader.position
    let smallest = kind.byteCount ?? 8
    guard count <= UInt64(reader.remaining / smallest) else {
      throw reader.error(.valueTooLong(key: key, count: count), at: start)
    }
    if let size = kind.byteCount { return try reader.bytes(Int(count) * size) }

    var payload: [UInt8] = []
    for _ in 0..<count {
      let start = reader.position
      let length = try reader.integer(UInt64.self)
      guard length <= UInt64(reader.remaining) else {
        throw reader.error(.valueTooLong(key: key, count: length), at: start)
      }
      payload.append(littleEndian: length)
      try reader.append(Int(length), to: &payload)
    }
    return payload
  }
}

extension [UInt8] {
  mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  /// Appends a string as GGUF stores it: its length as `UInt64`, then its bytes.
  mutating func append(text: String.UTF8View) {
    append(littleEndian: UInt64(text.count))
    append(contentsOf: text)
  }
}
