extension OpenFile {
  /// The whole file.
  package func bytes() throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: stamp.size)
    try bytes.withUnsafeMutableBytes { try read(at: 0, into: $0) }
    return bytes
  }

  /// The whole file as text; nil where it is not UTF-8 or has more than `most` bytes.
  package func text(atMost most: Int) throws -> String? {
    guard stamp.size <= most else { return nil }
    return String(validating: try bytes(), as: UTF8.self)
  }
}
