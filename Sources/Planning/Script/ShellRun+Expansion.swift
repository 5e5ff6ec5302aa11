/// What words stand for.
extension ShellRun {
  /// The words that a word becomes as part of a command: none, one or several.
  mutating func fields(of word: ShellWord) throws -> [ScriptText] {
    var fields: [ScriptText] = []
    for word in word.bracesExpanded() { fields += try dividedFields(of: word) }
    return fields
  }

  private mutating func dividedFields(of word: ShellWord) throws -> [ScriptText] {
    var fields: [ScriptText] = []
    var current: ScriptText?
    func join(_ text: ScriptText) {
      var joined = current ?? ScriptText()
      joined.append(text)
      current = joined
    }
    for part in word.parts {
      let (values, isQuoted) = try self.values(of: part)
      if isQuoted {
        for (place, value) in values.enumerated() {
          if place > 0, let text = current {
            fields.append(text)
            current = nil
          }
          join(value)
        }
        continue
      }
      for (place, value) in values.enumerated() {
        if place > 0, let text = current {
          fields.append(text)
          current = nil
        }
        let pieces = value.divided.split(at: .shellSpaces)
        for (place, piece) in pieces.enumerated() {
          if place > 0, let text = current {
            fields.append(text)
            current = nil
          }
          if !piece.isEmpty { join(piece) }
        }
      }
    }
    if let current { fields.append(current) }
    for field in fields { _ = try counted(field) }
    return fields
  }

  /// The text that a word stands for where it is not divided: the value of a variable, a file's path.
  mutating func text(of word: ShellWord) throws -> ScriptText {
    var text = ScriptText()
    for part in word.parts {
      for (place, value) in try values(of: part).texts.enumerated() {
        if place > 0 { text.append(UInt8(ascii: " "), line: word.line) }
        text.append(value)
      }
    }
    return try counted(text)
  }

  /// The texts of a part, several of an array, and whether they stand as they are.
  private mutating func values(
    of part: ShellWord.Part
  ) throws -> (texts: [ScriptText], isQuoted: Bool) {
    switch part {
    case .literal(let text, _): return ([text], true)
    case .untold(let what, let isQuoted, let line):
      return ([ScriptText(ScriptGap(reason: .untold(what), line: line))], isQuoted)
    case .substitution(let node, let isQuoted, _):
      let output = try isolated { run throws in try run.run(node) }
      return ([output.withoutLineEnds], isQuoted)
    case .parameter(let parameter, let isQuoted, let line):
      return (try values(of: parameter, line: line), isQuoted)
    }
  }

  private mutating func values(of parameter: ShellParameter, line: Int) throws -> [ScriptText] {
    let found = value(of: parameter.name)
    let elements = found.map { parameter.isWhole ? $0.elements : Array($0.elements.prefix(1)) }
    let isEmpty = elements.map { $0.isEmpty || $0.count == 1 && $0[0].isEmpty } ?? true
    switch parameter.operation {
    case .none: break
    case .byDefault(let word, let evenIfEmpty):
      if found == nil || isEmpty && evenIfEmpty { return [try text(of: word)] }
    case .instead(let word, let evenIfEmpty):
      return found == nil || isEmpty && !evenIfEmpty ? [] : [try text(of: word)]
    case .without(let word, let atStart, let longest):
      return try elements.map { elements in
        let glob = try ShellGlob(word, &self)
        return elements.map { glob.removed(from: $0, atStart: atStart, longest: longest) }
      } ?? [unset(parameter.name, line)]
    case .replacing(let word, let replacement, let all):
      return try elements.map { elements in
        let glob = try ShellGlob(word, &self)
        let text = try text(of: replacement)
        return try elements.map { try counted(glob.replaced(in: $0, by: text, all: all)) }
      } ?? [unset(parameter.name, line)]
    }
    return elements ?? [unset(parameter.name, line)]
  }

  /// The value of a variable or argument; nil where the script does not set it.
  private func value(of name: String) -> ShellState.Value? {
    if name == "@" || name == "*" { return state.arguments.map(ShellState.Value.array) }
    guard let number = Int(name) else { return state.variables[name] }
    guard let arguments = state.arguments, number > 0 else { return nil }
    return .text(number <= arguments.count ? arguments[number - 1] : ScriptText())
  }

  private func unset(_ name: String, _ line: Int) -> ScriptText {
    let isName = name.utf8.first.map { !ByteSet.digits.contains($0) && ByteSet.words.contains($0) }
    var gap = ScriptGap(
      reason: isName == true ? .unset(name) : .untold("$\(name)"), line: line)
    gap.isDivided = name == "@" || name == "*"
    return ScriptText(gap)
  }
}

extension ScriptText {
  /// The text where a shell divides it into words: each gap may be any number of them.
  fileprivate var divided: ScriptText {
    guard !gaps.isEmpty else { return self }
    var text = ScriptText()
    var rest = gaps[...]
    for (byte, line) in zip(bytes, lines) {
      if byte == Self.gapMark, var gap = rest.popFirst() {
        gap.isDivided = true
        text.append(gap)
      } else {
        text.append(byte, line: Int(line))
      }
    }
    return text
  }
}
