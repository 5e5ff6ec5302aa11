/// The regular expressions of `grep` and `sed`, in the words of `TensorPattern`.
enum PosixPattern {
  /// The same expression in the grammar of ECMAScript; nil for what it lacks, and for a text with gaps.
  static func translated(_ pattern: ScriptText, isExtended: Bool) -> String? {
    guard pattern.gaps.isEmpty, !pattern.isEmpty else { return nil }
    var result: [UInt8] = []
    var rest = pattern.bytes[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "["):
        guard let brackets = brackets(&rest) else { return nil }
        result += brackets
      case UInt8(ascii: "\\"):
        guard let next = rest.popFirst() else { return nil }
        // `\<`, `\>` and references to groups have no counterpart.
        if ByteSet.digits.contains(next) || ByteSet("<>`'").contains(next) { return nil }
        let isPlain = !isExtended && operators.contains(next)
        result += isPlain ? [next] : [byte, next]
      default:
        let isLiteral = !isExtended && operators.contains(byte)
        result += isLiteral ? [UInt8(ascii: "\\"), byte] : [byte]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// What means something only without a backslash in one of the grammars and only with one in the other.
  private static let operators = ByteSet("(){}|+?")

  /// What stands between brackets, where a backslash means itself in POSIX, but for `\n` and `\t` of `sed`.
  private static func brackets(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    var result = [UInt8(ascii: "[")]
    if rest.first == UInt8(ascii: "^") { result.append(rest.removeFirst()) }
    var isFirst = true
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "]"), !isFirst { return result + [byte] }
      isFirst = false
      if byte == UInt8(ascii: "["), rest.first == UInt8(ascii: ":") {
        guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return nil }
        result += [byte] + rest[...end]
        rest = rest[(end + 1)...]
      } else if byte == UInt8(ascii: "\\") {
        guard let next = rest.first else { return nil }
        let isEscape = ByteSet("nt").contains(next)
        result += isEscape ? [byte] : [byte, byte]
      } else {
        result += byte == UInt8(ascii: "]") ? [UInt8(ascii: "\\"), byte] : [byte]
      }
    }
    return nil
  }
}
