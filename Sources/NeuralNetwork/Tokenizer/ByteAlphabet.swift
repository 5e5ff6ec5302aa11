/// The spelling of bytes in byte-level vocabularies: each of the 256 is a character that can be seen.
///
/// Printable characters of Latin-1 stand for themselves; the other bytes, in order, are the
/// characters from U+0100 on (`bytes_to_unicode` of GPT-2).
package enum ByteAlphabet {
  /// The character of each byte.
  package static let characters: [Unicode.Scalar] = {
    var spare: UInt32 = 0x100
    return (0...UInt8.max).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(byte)
      default:
        defer { spare += 1 }
        return Unicode.Scalar(spare)!
      }
    }
  }()

  private static let bytes = Dictionary(
    uniqueKeysWithValues: zip(characters, 0...UInt8.max))

  /// The spelling of `bytes`, in UTF-8.
  static func spelling(of bytes: ArraySlice<UInt8>) -> [UInt8] {
    var spelling = String.UnicodeScalarView()
    for byte in bytes { spelling.append(characters[Int(byte)]) }
    return Array(String(spelling).utf8)
  }

  /// The bytes that `text` spells; characters that are none of the alphabet stay as they are.
  static func bytes(spelt text: [UInt8]) -> [UInt8] {
    String(decoding: text, as: UTF8.self).unicodeScalars.flatMap { scalar in
      bytes[scalar].map { [$0] } ?? Array(String(scalar).utf8)
    }
  }
}
