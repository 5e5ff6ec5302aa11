/// A cursor over a file that never reads past its end and holds only a small part of it in memory.
package struct ByteReader {
  /// Offset of the next byte.
  package private(set) var position = 0
  /// Where reading must stop: the end of the file, or a limit before it.
  package let end: Int

  private let file: OpenFile
  private var buffer: [UInt8] = []
  private var bufferStart = 0

  private static let bufferSize = 1 << 16

  /// A cursor at the start of `file`, which stops after `limit` bytes.
  package init(_ file: OpenFile, limit: Int = .max) {
    self.file = file
    end = min(file.stamp.size, limit)
  }

  /// Bytes from here to the end.
  package var remaining: Int { end - position }

  /// Reads a little-endian integer.
  ///
  /// - Throws: `FormatError` at the end of the file, `FileError` if it cannot be read.
  package mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
    let size = MemoryLayout<Number>.size
    try fill(size)
    defer { position += size }
    return buffer.withUnsafeBytes {
      $0.loadUnaligned(fromByteOffset: position - bufferStart, as: Number.self).littleEndian
    }
  }

  /// Reads `count` bytes; allocates them only if the file holds as many.
  ///
  /// - Throws: As `integer`.
  package mutating func bytes(_ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try require(count)
    bytes.reserveCapacity(count)
    try append(count, to: &bytes)
    return bytes
  }

  /// Reads `count` bytes onto the end of an array.
  ///
  /// - Throws: As `integer`.
  package mutating func append(_ count: Int, to bytes: inout [UInt8]) throws {
    try require(count)
    var missing = count
    while missing > 0 {
      let step = min(missing, Self.bufferSize)
      try fill(step)
      let start = position - bufferStart
      bytes.append(contentsOf: buffer[start..<start + step])
      position += step
      missing -= step
    }
  }

  /// Passes over `count` bytes.
  ///
  /// - Throws: As `integer`, at the end of the file.
  package mutating func skip(_ count: Int) throws(FormatError) {
    try require(count)
    position += count
  }

  /// A complaint about this file, at the cursor or at an earlier place.
  package func error(_ problem: FormatError.Problem, at offset: Int? = nil) -> FormatError {
    FormatError(path: file.path, problem, at: offset ?? position)
  }

  private func require(_ count: Int) throws(FormatError) {
    guard count > remaining else { return }
    throw end < file.stamp.size
      ? error(.headerTooLong(limit: end)) : error(.endsEarly(needed: count - remaining))
  }

  /// Makes the next `count` bytes, at most a buffer full, available in the buffer.
  private mutating func fill(_ count: Int) throws {
    try require(count)
    guard position + count > bufferStart + buffer.count else { return }
    let size = min(remaining, Self.bufferSize)
    if buffer.count != size { buffer = [UInt8](repeating: 0, count: size) }
    bufferStart = position
    let offset = position
    do {
      try buffer.withUnsafeMutableBytes { try file.read(at: offset, into: $0) }
    } catch {
      buffer = []
      throw error
    }
  }
}
