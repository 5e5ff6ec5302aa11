/// A text that holds a recipe, and the form that it has.
struct RecipeText {
  /// The forms, told apart by content.
  enum Form: Equatable {
    /// It begins with a brace.
    case json
    /// Rules, or what is to be rules and is none.
    case rules
    /// A page, such as a model card, with parts between fences.
    case page
    /// A shell script, or commands.
    case script
  }

  /// A part of the text.
  struct Part {
    let bytes: [UInt8]
    /// The line that it begins in.
    let firstLine: Int
  }

  /// The text without a byte order mark at its start.
  let text: String
  /// Its bytes, with `\n` for every kind of line end.
  let bytes: [UInt8]
  let form: Form

  init(_ whole: String) {
    text =
      whole.unicodeScalars.first == "\u{FEFF}" ? String(whole.unicodeScalars.dropFirst()) : whole
    bytes = Self.withPlainLineEnds(Array(text.utf8))
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    if Self.isOfJSON(bytes) {
      form = .json
    } else if bytes.starts(with: Array("#!".utf8)) {
      form = .script
    } else if lines.allSatisfy({ RuleWords(of: $0).areRules }) {
      form = .rules
    } else if lines.contains(where: { Self.fence(of: $0) != nil }) {
      form = .page
    } else {
      form = lines.contains(where: Self.isOfScript) ? .script : .rules
    }
  }

  /// Whether a text begins with a brace, and not with one that opens a group of commands: behind that stand a
  /// space and a word.
  private static func isOfJSON(_ bytes: [UInt8]) -> Bool {
    let text = bytes.drop(while: ByteSet.spaces.contains)
    guard text.first == UInt8(ascii: "{") else { return false }
    let inner = text.dropFirst()
    let word = inner.drop(while: ByteSet.spaces.contains)
    return word.count == inner.count || !(word.first.map(ByteSet.words.contains) ?? false)
  }

  private static func withPlainLineEnds(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(0x0D) else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for (place, byte) in bytes.enumerated() {
      if byte == 0x0A, place > 0, bytes[place - 1] == 0x0D { continue }
      result.append(byte == 0x0D ? 0x0A : byte)
    }
    return result
  }

  // MARK: Scripts

  /// Whether a line that is no rule may be one of a shell script: it sets a variable to something quoted, in
  /// parentheses or expanded, begins with a quote, or names the program or one of its options.
  static func isOfScript(_ line: ArraySlice<UInt8>) -> Bool {
    let words = line.split(whereSeparator: ByteSet.spaces.contains).prefix {
      $0.first != UInt8(ascii: "#")
    }
    guard let first = words.first else { return false }
    if ByteSet("\"'").contains(first[first.startIndex]) || isAssignment(first) { return true }
    return words.contains { word in
      let text = String(decoding: word, as: UTF8.self)
      return QuantizeOption.named(text)?.saysTypes == true || QuantizeCommand.isProgram(text)
        || ["export", "local", "declare", "readonly"].contains(text)
    }
  }

  private static func isAssignment(_ word: ArraySlice<UInt8>) -> Bool {
    guard let equals = word.firstIndex(of: UInt8(ascii: "=")), equals > word.startIndex else {
      return false
    }
    let name = word[..<equals]
    let isAppended = name.last == UInt8(ascii: "+")
    guard (isAppended ? name.dropLast() : name).allSatisfy(ByteSet.words.contains) else {
      return false
    }
    let value = word[(equals + 1)...].first
    return isAppended || value.map { ByteSet("\"'($`").contains($0) } ?? false
  }

  // MARK: Pages

  /// The fence that a line is: three backquotes or tildes, or more; nil for other lines.
  private static func fence(of line: ArraySlice<UInt8>) -> (
    mark: UInt8, length: Int, isPlain: Bool
  )? {
    let text = line.drop { ByteSet(" \t>").contains($0) }
    guard let mark = text.first, ByteSet("`~").contains(mark) else { return nil }
    let length = text.prefix { $0 == mark }.count
    let isPlain = text.dropFirst(length).allSatisfy(ByteSet.spaces.contains)
    return length >= 3 ? (mark, length, isPlain) : nil
  }

  /// What stands between fences: scripts, commands or rules. Parts that are none of these are left out.
  var fences: [Part] {
    var parts: [Part] = []
    var open: (mark: UInt8, length: Int, line: Int)?
    var inner: [UInt8] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (number, line) in zip(1..., lines) {
      let fence = Self.fence(of: line)
      if let (mark, length, start) = open {
        if let fence, fence.mark == mark, fence.length >= length, fence.isPlain {
          parts.append(Part(bytes: inner, firstLine: start + 1))
          open = nil
        } else {
          inner += line + [UInt8(ascii: "\n")]
        }
      } else if let fence {
        open = (fence.mark, fence.length, number)
        inner = []
      }
    }
    if let open { parts.append(Part(bytes: inner, firstLine: open.line + 1)) }
    return parts.filter(\.mayHoldRecipe)
  }
}

extension RecipeText.Part {
  /// The lines.
  private var lines: [ArraySlice<UInt8>] { bytes.split(separator: UInt8(ascii: "\n")) }

  /// Whether every word is a rule, and there is one.
  var areRules: Bool {
    let words = lines.map(RuleWords.init(of:))
    return words.allSatisfy(\.areRules) && words.contains { !$0.words.isEmpty }
  }

  fileprivate var mayHoldRecipe: Bool {
    areRules || lines.contains(where: RecipeText.isOfScript)
  }
}
