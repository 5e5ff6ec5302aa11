/// A file that is to be a text and is none.
package struct TextError: ClassifiedError, Equatable {
  /// The file.
  package let path: String
  /// What it is instead.
  package let problem: Problem

  /// What a file can be instead of a text in UTF-8.
  package enum Problem: Sendable, Equatable {
    /// A text in this encoding, by its first bytes or its zeros.
    case encoded(String)
    /// A zero at this offset, which no text has.
    case zero(offset: Int)
    /// The byte at this offset begins nothing that is UTF-8.
    case notUTF8(offset: Int)
    /// More bytes than such a text ever has.
    case tooLarge(bytes: Int, limit: Int)
  }

  package var kind: ErrorKind { .badInput }

  package var description: String {
    switch problem {
    case .encoded(let name):
      "\(path.escaped): it is text in \(name); save it as UTF-8 (iconv -f \(name) -t UTF-8 does)"
    case .zero(let offset): "\(path.escaped): it is no text: byte \(offset) is zero"
    case .notUTF8(let offset): "\(path.escaped): it is no UTF-8 text (at byte \(offset))"
    case .tooLarge(let bytes, let limit):
      "\(path.escaped): it has \(bytes) bytes, and no such text has more than \(limit)"
    }
  }
}

extension TextError.Problem {
  /// What keeps bytes from being a text in UTF-8; nil where nothing does.
  init?(of bytes: [UInt8]) {
    if let name = Self.encodingOfMark(bytes) ?? Self.encodingOfZeros(bytes) {
      self = .encoded(name)
    } else if let offset = bytes.firstIndex(of: 0) {
      self = .zero(offset: offset)
    } else if String(validating: bytes, as: UTF8.self) == nil {
      var parser = UTF8.ForwardParser()
      var rest = bytes.makeIterator()
      var offset = 0
      while case .valid(let scalar) = parser.parseScalar(from: &rest) { offset += scalar.count }
      self = .notUTF8(offset: offset)
    } else {
      return nil
    }
  }

  /// The encoding whose byte order mark stands first. That of UTF-32LE begins with that of UTF-16LE.
  private static func encodingOfMark(_ bytes: [UInt8]) -> String? {
    let marks: [(bytes: [UInt8], name: String)] = [
      ([0xFF, 0xFE, 0, 0], "UTF-32LE"), ([0, 0, 0xFE, 0xFF], "UTF-32BE"),
      ([0xFF, 0xFE], "UTF-16LE"), ([0xFE, 0xFF], "UTF-16BE"),
    ]
    return marks.first { bytes.starts(with: $0.bytes) }?.name
  }

  /// The encoding in which Latin text has zeros in the places where this one has them.
  private static func encodingOfZeros(_ bytes: [UInt8]) -> String? {
    let sample = bytes.prefix(4_096)
    guard sample.count >= 4, sample.contains(0) else { return nil }
    let shares = (0..<4).map { place in
      let places = stride(from: place, to: sample.count, by: 4)
      return Double(places.count { sample[$0] == 0 }) / Double(Array(places).count)
    }
    let zeros = shares.map { $0 > 0.7 }
    let texts = shares.map { $0 < 0.3 }
    if texts[0], zeros[1], zeros[2], zeros[3] { return "UTF-32LE" }
    if zeros[0], zeros[1], zeros[2], texts[3] { return "UTF-32BE" }
    if texts[0], zeros[1], texts[2], zeros[3] { return "UTF-16LE" }
    if zeros[0], texts[1], zeros[2], texts[3] { return "UTF-16BE" }
    return nil
  }
}
