/// A file that is to be a text and is none.
package struct TextError: ClassifiedError, Equatable {
  /// The file.
  package let path: String
  /// What it is instead.
  package let problem: Problem

  /// What a file can be instead of a text in UTF-8.
  package enum Problem: Sendable, Equatable {
    /// A text in UTF-16 or UTF-32, by its first bytes or its zeros.
    case wide
    /// The byte at this offset begins nothing that is UTF-8.
    case notUTF8(offset: Int)
  }

  package var kind: ErrorKind { .badInput }

  package var description: String {
    switch problem {
    case .wide: "\(path.escaped): it is text in UTF-16 or UTF-32; save it as UTF-8"
    case .notUTF8(let offset): "\(path.escaped): it is no UTF-8 text (at byte \(offset))"
    }
  }
}

extension OpenFile {
  /// The bytes of a text in UTF-8, without the byte order mark that it may begin with.
  ///
  /// - Throws: `TextError`, or `FileError`.
  package func textBytes() throws -> [UInt8] {
    var bytes = try bytes()
    if let problem = Self.problem(of: bytes) { throw TextError(path: path, problem) }
    if bytes.starts(with: Self.byteOrderMark) { bytes.removeFirst(Self.byteOrderMark.count) }
    return bytes
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private static func problem(of bytes: [UInt8]) -> TextError.Problem? {
    let marksOfWide: [[UInt8]] = [[0xFF, 0xFE], [0xFE, 0xFF], [0, 0, 0xFE, 0xFF]]
    if marksOfWide.contains(where: { bytes.starts(with: $0) }) { return .wide }
    // Zeros are UTF-8, but Latin text in UTF-16 is half zeros.
    if bytes.count(where: { $0 == 0 }) > bytes.count / 4 { return .wide }
    guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
    var parser = UTF8.ForwardParser()
    var rest = bytes.makeIterator()
    var offset = 0
    while case .valid(let scalar) = parser.parseScalar(from: &rest) { offset += scalar.count }
    return .notUTF8(offset: offset)
  }
}

extension TextError {
  fileprivate init(path: String, _ problem: Problem) {
    self.path = path
    self.problem = problem
  }
}
