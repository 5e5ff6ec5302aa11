/// How vocabularies of characters spell text: a space as `▁`, and a byte of no token's as `<0x` and two digits and `>`.
enum CharacterSpelling {
  /// How a space is spelt: U+2581.
  static let space: [UInt8] = Array("▁".utf8)

  /// The ranges of the characters of `text`. A character is as long as its first byte says, whatever
  /// the others are, as in llama.cpp: any bytes can be encoded.
  static func characters(of text: ArraySlice<UInt8>) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = text.startIndex
    while start < text.endIndex {
      let length =
        switch text[start] {
        case 0xC0...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xFF: 4
        default: 1
        }
      let end = min(start + length, text.endIndex)
      ranges.append(start..<end)
      start = end
    }
    return ranges
  }

  /// The spelling of a byte.
  static func spelling(of byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return byte < 16 ? "<0x0\(digits)>" : "<0x\(digits)>"
  }

  /// The byte that is spelt like this; nil where none is.
  static func byte(spelt text: [UInt8]) -> UInt8? {
    let text = String(decoding: text, as: UTF8.self)
    guard text.utf8.count == 6, text.hasPrefix("<0x"), text.hasSuffix(">") else { return nil }
    return UInt8(text.dropFirst(3).dropLast(), radix: 16)
  }

  /// The text that a token stands for.
  static func text(of token: Int32, in vocabulary: Vocabulary) -> [UInt8] {
    let text = vocabulary.texts[Int(token)]
    if vocabulary.kinds[Int(token)] == .byte { return byte(spelt: text).map { [$0] } ?? [] }
    return characters(of: text[...]).flatMap { character in
      text[character].elementsEqual(space) ? [UInt8(ascii: " ")] : text[character]
    }
  }
}
