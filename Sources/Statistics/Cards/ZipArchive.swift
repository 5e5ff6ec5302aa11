import CZlib
import GGUF

/// An archive of files, stored or deflated: what `numpy.savez` and `numpy.savez_compressed` write. The layout is that
/// of PKWARE's application note 6.3.10, all numbers little-endian:
///
///     each member     local header: 30 bytes, name, extra fields; then its data
///     directory       each member: 46 bytes, name, extra fields, comment
///     zip64 end       56 bytes or more, and 20 bytes that say where; in archives of more than 65,534 members
///     end             22 bytes, comment
///
/// Nothing is believed: every place is held against the file's length, every member against its size and checksum, and
/// no more is allocated than the caller allows. Archives in several files are refused.
struct ZipArchive {
  /// A member, as the directory describes it.
  private struct Member {
    let method: Int
    let checksum: UInt32
    let packedSize: Int
    let size: Int
    let offset: Int
  }

  private let file: OpenFile
  private var members: [String: Member] = [:]

  /// Whether a file begins as an archive does.
  static func begins(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

  /// Reads the directory.
  ///
  /// - Throws: `CardProblem` or `FileError`.
  init(_ file: OpenFile) throws {
    self.file = file
    let directory = try Self.directory(of: file)
    var reader = LittleEndianBytes(try Self.bytes(directory.range, of: file))
    for _ in 0..<directory.count {
      let (name, member) = try Self.member(&reader)
      guard members.updateValue(member, forKey: name) == nil else {
        throw CardProblem.memberTwice(name)
      }
    }
  }

  /// How many bytes a member has, as the directory says; nil where there is none of that name.
  func size(of name: String) -> Int? { members[name]?.size }

  /// The bytes of a member.
  ///
  /// - Parameter most: how many bytes there may be.
  /// - Throws: `CardProblem` or `FileError`.
  func contents(of name: String, atMost most: Int) throws -> [UInt8] {
    guard let member = members[name] else { throw CardProblem.memberMissing(name) }
    guard member.size <= most else { throw CardProblem.tooLarge(name, member.size) }
    // The local header repeats the name and has extra fields of its own.
    guard member.offset <= file.stamp.size - 30 else { throw CardProblem.misplaced(name) }
    let header = try Self.bytes(member.offset..<member.offset + 30, of: file)
    var reader = LittleEndianBytes(header)
    guard reader.next(4) == 0x0403_4B50, reader.skip(22), let length = reader.next(2),
      let extra = reader.next(2)
    else { throw CardProblem.misplaced(name) }
    let start = member.offset + 30 + length + extra
    guard member.packedSize <= file.stamp.size - start else { throw CardProblem.misplaced(name) }
    let packed = try Self.bytes(start..<start + member.packedSize, of: file)
    let bytes: [UInt8]? =
      switch member.method {
      case 0: packed.count == member.size ? packed : nil
      case 8: inflated(packed, to: member.size)
      default: throw CardProblem.method(name, member.method)
      }
    guard let bytes, checksum(bytes) == member.checksum else { throw CardProblem.damaged(name) }
    return bytes
  }

  // MARK: The directory

  private struct Directory {
    let range: Range<Int>
    let count: Int
  }

  /// Finds the directory from the end of the file.
  private static func directory(of file: OpenFile) throws -> Directory {
    let size = file.stamp.size
    // The end record and the longest comment.
    let start = max(0, size - 22 - Int(UInt16.max))
    let tail = try bytes(start..<size, of: file)
    let mark: [UInt8] = [0x50, 0x4B, 0x05, 0x06]
    guard tail.count >= 22,
      let place = (0...tail.count - 22).last(where: { tail[$0..<$0 + 4].elementsEqual(mark) })
    else { throw CardProblem.noDirectory }
    var reader = LittleEndianBytes(Array(tail[(place + 8)...]))
    guard let here = reader.next(2), let count = reader.next(2), let length = reader.next(4),
      let offset = reader.next(4), here == count
    else { throw CardProblem.directory }
    let end = start + place
    guard count == 0xFFFF || length == 0xFFFF_FFFF || offset == 0xFFFF_FFFF else {
      return try directory(at: offset, length, count, before: end)
    }
    return try largeDirectory(of: file, before: end)
  }

  /// Finds the directory of an archive that is too large for the plain record at its end.
  private static func largeDirectory(of file: OpenFile, before end: Int) throws -> Directory {
    guard end >= 20 else { throw CardProblem.directory }
    var locator = LittleEndianBytes(try bytes(end - 20..<end, of: file))
    guard locator.next(4) == 0x0706_4B50, locator.skip(4), let place = locator.next(8),
      place <= end - 20 - 56
    else { throw CardProblem.directory }
    var record = LittleEndianBytes(try bytes(place..<place + 56, of: file))
    guard record.next(4) == 0x0606_4B50, record.skip(20), let here = record.next(8),
      let count = record.next(8), let length = record.next(8), let offset = record.next(8),
      here == count
    else { throw CardProblem.directory }
    return try directory(at: offset, length, count, before: place)
  }

  private static func directory(
    at offset: Int, _ length: Int, _ count: Int, before end: Int
  ) throws(CardProblem) -> Directory {
    guard offset <= end, length <= end - offset, count <= length / 46 else { throw .directory }
    return Directory(range: offset..<offset + length, count: count)
  }

  /// Reads the next entry of the directory.
  private static func member(
    _ reader: inout LittleEndianBytes
  ) throws(CardProblem) -> (String, Member) {
    guard reader.next(4) == 0x0201_4B50, reader.skip(4), let flags = reader.next(2),
      let method = reader.next(2), reader.skip(4), let checksum = reader.next(4),
      var packedSize = reader.next(4), var size = reader.next(4), let nameLength = reader.next(2),
      let extraLength = reader.next(2), let commentLength = reader.next(2), reader.skip(8),
      var offset = reader.next(4), let nameBytes = reader.bytes(nameLength),
      let name = String(validating: nameBytes, as: UTF8.self),
      let extra = reader.bytes(extraLength), reader.skip(commentLength)
    else { throw .directory }
    // What does not fit has all bits set, and stands in an extra field, in this order.
    var fields = LittleEndianBytes(extra)
    while let kind = fields.next(2), let length = fields.next(2), let field = fields.bytes(length) {
      guard kind == 1 else { continue }
      var large = LittleEndianBytes(field)
      if size == 0xFFFF_FFFF { size = large.next(8) ?? size }
      if packedSize == 0xFFFF_FFFF { packedSize = large.next(8) ?? packedSize }
      if offset == 0xFFFF_FFFF { offset = large.next(8) ?? offset }
    }
    // The lowest bit says that a member is encrypted.
    return (
      name,
      Member(
        method: flags & 1 == 0 ? method : 99, checksum: UInt32(checksum), packedSize: packedSize,
        size: size, offset: offset)
    )
  }

  /// The bytes of a stretch of the file.
  private static func bytes(_ range: Range<Int>, of file: OpenFile) throws -> [UInt8] {
    guard range.lowerBound >= 0, range.upperBound <= file.stamp.size else {
      throw CardProblem.directory
    }
    var bytes = [UInt8](repeating: 0, count: range.count)
    try bytes.withUnsafeMutableBytes { try file.read(at: range.lowerBound, into: $0) }
    return bytes
  }

  // MARK: The data

  private func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum: uLong = 0
    for start in stride(from: 0, to: bytes.count, by: 1 << 30) {
      sum = bytes[start..<min(start + 1 << 30, bytes.count)].withUnsafeBytes {
        crc32(sum, $0.baseAddress?.assumingMemoryBound(to: Bytef.self), uInt($0.count))
      }
    }
    return UInt32(truncatingIfNeeded: sum)
  }

  /// What is deflated in these bytes; nil where that is not of this many bytes, or nothing.
  private func inflated(_ packed: [UInt8], to size: Int) -> [UInt8]? {
    guard packed.count <= Int(uInt.max), size <= Int(uInt.max) else { return nil }
    var packed = packed
    var bytes = [UInt8](repeating: 0, count: size)
    // Room for a byte too many, so that too much is noticed, and that there is room where there is nothing.
    bytes.append(0)
    var stream = z_stream()
    // Deflated data without a header of zlib's.
    guard
      inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { inflateEnd(&stream) }
    let result = packed.withUnsafeMutableBufferPointer { input in
      bytes.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = uInt(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = uInt(output.count)
        return inflate(&stream, Z_FINISH)
      }
    }
    guard result == Z_STREAM_END, stream.avail_out == 1, stream.avail_in == 0 else { return nil }
    bytes.removeLast()
    return bytes
  }
}

/// A cursor over bytes in memory, which has nothing more to say at their end.
private struct LittleEndianBytes {
  private let all: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { all = bytes }

  /// The next bytes as a number; nil where they are too few, or the number is too large.
  mutating func next(_ count: Int) -> Int? {
    guard let bytes = bytes(count) else { return nil }
    return Int(exactly: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  mutating func bytes(_ count: Int) -> [UInt8]? {
    guard count <= all.count - position else { return nil }
    defer { position += count }
    return Array(all[position..<position + count])
  }

  mutating func skip(_ count: Int) -> Bool {
    guard count <= all.count - position else { return false }
    position += count
    return true
  }
}
