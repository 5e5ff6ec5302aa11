extension OpenFile {
  /// The whole file.
  package func bytes() throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: stamp.size)
    try bytes.withUnsafeMutableBytes { try read(at: 0, into: $0) }
    return bytes
  }

  /// The whole file as text in UTF-8, without the byte order mark that it may begin with.
  ///
  /// - Parameter most: the most bytes that it may have; nothing is read of a larger file.
  /// - Throws: `TextError`, or `FileError`.
  package func text(atMost most: Int) throws -> String {
    String(decoding: try textBytes(atMost: most), as: UTF8.self)
  }

  /// The bytes of a text in UTF-8, without the byte order mark that it may begin with.
  ///
  /// - Parameter most: the most bytes that it may have; nothing is read of a larger file.
  /// - Throws: `TextError`, or `FileError`.
  package func textBytes(atMost most: Int = .max) throws -> [UInt8] {
    guard stamp.size <= most else {
      throw TextError(path: path, problem: .tooLarge(bytes: stamp.size, limit: most))
    }
    var bytes = try bytes()
    if let problem = TextError.Problem(of: bytes) { throw TextError(path: path, problem: problem) }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    if bytes.starts(with: mark) { bytes.removeFirst(mark.count) }
    return bytes
  }
}
