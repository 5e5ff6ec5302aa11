/// What `sed` does to a text, where that is `s/…/…/` and `/…/d`.
struct StreamEdit {
  /// One of its commands.
  private enum Command {
    /// Puts a text in place of what matches. `&` in it, here nil, stands for that.
    case substitute(TensorPattern, [UInt8?], all: Bool)
    /// Deletes lines that match.
    case delete(TensorPattern)
  }

  private var commands: [Command] = []
  /// Whether the text is not divided into lines.
  private var takesWhole = false
  /// Whether the line end behind the last line stays out of it.
  private var sparesLastEnd = false

  /// What `sed` is called with.
  struct Options {
    var edit = StreamEdit()
    var files: [ScriptText] = []
    var isInPlace = false

    /// Nil for what is not followed.
    init?(_ arguments: [ScriptText]) {
      var isExtended = false
      var scripts: [ScriptText] = []
      var rest = arguments[...]
      var others: [ScriptText] = []
      while let argument = rest.popFirst() {
        guard argument.bytes.first == UInt8(ascii: "-"), argument.count > 1 else {
          others.append(argument)
          continue
        }
        if argument.says("--regexp-extended") { isExtended = true; continue }
        if argument.says("--null-data") { edit.takesWhole = true; continue }
        for letter in argument.bytes.dropFirst() {
          switch letter {
          case UInt8(ascii: "E"), UInt8(ascii: "r"): isExtended = true
          case UInt8(ascii: "z"): edit.takesWhole = true
          case UInt8(ascii: "i"): isInPlace = true
          case UInt8(ascii: "e"):
            guard let script = rest.popFirst() else { return nil }
            scripts.append(script)
          default: return nil
          }
        }
      }
      if scripts.isEmpty {
        guard !others.isEmpty else { return nil }
        scripts.append(others.removeFirst())
      }
      files = others
      for script in scripts {
        guard edit.add(script, isExtended: isExtended) else { return nil }
      }
    }
  }

  /// Adds the commands of a script; false where one of them is not followed.
  private mutating func add(_ script: ScriptText, isExtended: Bool) -> Bool {
    guard script.gaps.isEmpty else { return false }
    var rest = script.bytes[...]
    // The idiom that reads all lines before it goes on.
    for idiom in [":a;N;$!ba;", ":a;$!{N;ba};", ":a;$!N;$!ba;"] where rest.starts(with: idiom.utf8)
    {
      rest = rest.dropFirst(idiom.utf8.count)
      takesWhole = true
      sparesLastEnd = true
    }
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: ";"), UInt8(ascii: " "), UInt8(ascii: "\n"): continue
      case UInt8(ascii: "/"):
        guard let pattern = Self.part(&rest, upTo: byte), rest.popFirst() == UInt8(ascii: "d"),
          let pattern = Self.pattern(pattern, isExtended)
        else { return false }
        commands.append(.delete(pattern))
      case UInt8(ascii: "s"):
        guard let delimiter = rest.popFirst(), let pattern = Self.part(&rest, upTo: delimiter),
          let text = Self.part(&rest, upTo: delimiter, keepsEscapes: true),
          let pattern = Self.pattern(pattern, isExtended), let text = Self.replacement(text)
        else { return false }
        let all = rest.first == UInt8(ascii: "g")
        if all { rest.removeFirst() }
        guard rest.first.map(ByteSet("; \n").contains) ?? true else { return false }
        commands.append(.substitute(pattern, text, all: all))
      default: return false
      }
    }
    return true
  }

  /// What stands up to the next delimiter, which may stand in it behind a backslash.
  private static func part(
    _ rest: inout ArraySlice<UInt8>, upTo delimiter: UInt8, keepsEscapes: Bool = false
  ) -> [UInt8]? {
    var part: [UInt8] = []
    while let byte = rest.popFirst() {
      if byte == delimiter { return part }
      if byte == UInt8(ascii: "\\"), let next = rest.popFirst() {
        part += next == delimiter && !keepsEscapes ? [next] : [byte, next]
      } else {
        part.append(byte)
      }
    }
    return nil
  }

  private static func pattern(_ bytes: [UInt8], _ isExtended: Bool) -> TensorPattern? {
    let text = ScriptText(String(decoding: bytes, as: UTF8.self), line: 1)
    return PosixPattern.translated(text, isExtended: isExtended).flatMap { try? TensorPattern($0) }
  }

  /// What a replacement puts in; nil where it refers to groups.
  private static func replacement(_ bytes: [UInt8]) -> [UInt8?]? {
    var text: [UInt8?] = []
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "&") {
        text.append(nil)
      } else if byte == UInt8(ascii: "\\") {
        guard let next = rest.popFirst(), !ByteSet.digits.contains(next) else { return nil }
        text.append(next == UInt8(ascii: "n") ? 0x0A : next == UInt8(ascii: "t") ? 0x09 : next)
      } else {
        text.append(byte)
      }
    }
    return text
  }

  // MARK: Work

  /// What it prints for this input.
  func output(of input: ScriptText) -> ScriptText {
    if takesWhole {
      let spares = sparesLastEnd && input.bytes.last == UInt8(ascii: "\n")
      guard var text = edited(spares ? input[0..<input.count - 1] : input) else {
        return ScriptText()
      }
      if spares { text.append(input[input.count - 1..<input.count]) }
      return text
    }
    var result = ScriptText()
    let lines = input.split(at: ByteSet("\n"))
    for (place, line) in lines.enumerated() {
      let isLast = place == lines.count - 1
      if isLast, line.isEmpty { break }
      guard let text = edited(line) else { continue }
      result.append(text)
      if !isLast { result.append(UInt8(ascii: "\n"), line: Int(line.lines.last ?? 1)) }
    }
    return result
  }

  /// A line after all commands; nil where one deletes it.
  private func edited(_ line: ScriptText) -> ScriptText? {
    var line = line
    for command in commands {
      switch command {
      case .delete(let pattern): if pattern.longestMatch(in: line.bytes) != nil { return nil }
      case .substitute(let pattern, let text, let all):
        line = Self.substituted(line, pattern, text, all)
      }
    }
    return line
  }

  private static func substituted(
    _ line: ScriptText, _ pattern: TensorPattern, _ text: [UInt8?], _ all: Bool
  ) -> ScriptText {
    var result = ScriptText()
    var place = 0
    while place <= line.count, let match = pattern.longestMatch(in: line.bytes, from: place) {
      result.append(line[place..<match.lowerBound])
      let number = line.lines.isEmpty ? 1 : Int(line.lines[min(match.lowerBound, line.count - 1)])
      for byte in text {
        if let byte {
          result.append(byte, line: number)
        } else {
          result.append(line[match])
        }
      }
      place = match.upperBound
      if match.isEmpty, place < line.count { result.append(line[place..<place + 1]) }
      if match.isEmpty { place += 1 }
      if !all { break }
    }
    if place < line.count { result.append(line[place..<line.count]) }
    return result
  }
}
