/// A text cut into characters of known kinds.
package struct ScannedText {
  /// The text in UTF-8: bytes that were not are replaced, each by U+FFFD.
  package private(set) var bytes: [UInt8] = []
  /// The characters in order.
  package private(set) var scalars: [Unicode.Scalar] = []
  /// The kind of each character.
  private(set) var kinds: [CharacterKinds] = []
  /// Where each character begins in `bytes`, and where the last one ends.
  private(set) var offsets: [Int] = [0]

  /// Scans `text`, which need not be UTF-8.
  package init(_ text: ArraySlice<UInt8>) {
    bytes.reserveCapacity(text.count)
    scalars.reserveCapacity(text.count)
    kinds.reserveCapacity(text.count)
    offsets.reserveCapacity(text.count + 1)
    text.withUnsafeBufferPointer { text in
      var index = 0
      while index < text.count {
        if let (scalar, length) = text.scalar(at: index) {
          bytes += text[index..<(index + length)]
          append(scalar)
          index += length
        } else {
          bytes += "\u{FFFD}".utf8
          append("\u{FFFD}")
          index += 1
        }
      }
    }
  }

  /// The number of characters.
  var count: Int { scalars.count }

  /// The bytes of a range of characters.
  package subscript(characters: Range<Int>) -> ArraySlice<UInt8> {
    bytes[offsets[characters.lowerBound]..<offsets[characters.upperBound]]
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    scalars.append(scalar)
    kinds.append(CharacterKinds(of: scalar))
    offsets.append(bytes.count)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The character that begins at `index` and how many bytes it takes; nil where no well-formed
  /// UTF-8 begins (no overlong forms, no surrogates: RFC 3629).
  fileprivate func scalar(at index: Int) -> (Unicode.Scalar, length: Int)? {
    let lead = self[index]
    if lead < 0x80 { return (Unicode.Scalar(lead), 1) }
    let (length, smallest, payload): (Int, UInt32, UInt8) =
      switch lead {
      case 0xC0...0xDF: (2, 0x80, lead & 0x1F)
      case 0xE0...0xEF: (3, 0x800, lead & 0x0F)
      case 0xF0...0xF7: (4, 0x10000, lead & 0x07)
      default: (0, 0, 0)
      }
    guard length > 0, count - index >= length else { return nil }
    var value = UInt32(payload)
    for position in (index + 1)..<(index + length) {
      guard self[position] & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(self[position] & 0x3F)
    }
    guard value >= smallest, let scalar = Unicode.Scalar(value) else { return nil }
    return (scalar, length)
  }
}
