/// What commands set, read and write: variables and files.
extension ShellRun {
  /// Sets a variable.
  mutating func set(_ assignment: ShellAssignment) throws {
    let name = assignment.name
    let old = state.variables[name]
    switch assignment.value {
    case .word(let word):
      // A text that begins with itself is empty at first, as one that is appended to.
      if old == nil, word.expands(name) { state.variables[name] = .text(ScriptText()) }
      var value = try text(of: word)
      if assignment.isAppended, case .array(var elements) = old {
        if elements.isEmpty { elements = [value] } else { elements[0].append(value) }
        state.variables[name] = .array(elements)
        return
      }
      if assignment.isAppended, let before = old?.elements.first {
        var joined = before
        joined.append(value)
        value = joined
      }
      state.variables[name] = .text(try counted(value))
    case .array(let words):
      var elements = assignment.isAppended ? old?.elements ?? [] : []
      for word in words { elements += try fields(of: word) }
      state.variables[name] = .array(elements)
    case .element:
      var gap = ScriptGap(
        reason: .untold("$\(name), of which it sets an element"), line: commandLine)
      gap.isDivided = true
      state.variables[name] = .text(ScriptText(gap))
    }
  }

  /// A file that the script wrote, or one beside it; nil where there is none.
  mutating func file(_ path: ScriptText, line: Int) throws -> ScriptText? {
    if let gap = path.gaps.first { return ScriptText(ScriptGap(reason: gap.reason, line: line)) }
    if let text = state.files[Self.path(path)] { return text }
    guard let bytes = try files(path.string) else { return nil }
    var text = ScriptText()
    for byte in bytes { text.append(byte, line: line) }
    return try counted(text)
  }

  /// The path that a file goes by.
  static func path(_ text: ScriptText) -> String {
    text.bytes.starts(with: Array("./".utf8)) ? String(text.string.dropFirst(2)) : text.string
  }

  /// What a command reads, if that is a file or a text.
  mutating func input(of redirections: [ShellRedirection]) throws -> ScriptText? {
    var input: ScriptText?
    for redirection in redirections {
      switch redirection.kind {
      case .text: input = try text(of: redirection.word)
      case .input:
        let path = try text(of: redirection.word)
        input =
          try file(path, line: redirection.word.line)
          ?? ScriptText(
            ScriptGap(reason: .untold("the file \(path.string)"), line: redirection.word.line))
      case .output, .appended, .other: break
      }
    }
    return input
  }

  /// Writes what a command prints where it goes to a file; gives what it prints otherwise.
  mutating func deliver(
    _ output: ScriptText, _ redirections: [ShellRedirection]
  ) throws -> ScriptText {
    var output = output
    for redirection in redirections
    where redirection.kind == .output || redirection.kind == .appended {
      let path = Self.path(try text(of: redirection.word))
      if redirection.kind == .appended {
        var text = state.files[path] ?? ScriptText()
        text.append(output)
        state.files[path] = try counted(text)
      } else {
        state.files[path] = output
      }
      output = ScriptText()
    }
    return output
  }
}

extension ShellWord {
  /// Whether it stands for the value of this variable, among others.
  fileprivate func expands(_ name: String) -> Bool {
    parts.contains { part in
      if case .parameter(let parameter, _, _) = part { parameter.name == name } else { false }
    }
  }
}
