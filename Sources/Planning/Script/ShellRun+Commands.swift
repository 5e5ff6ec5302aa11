/// Simple commands: functions of the script, those of the shell itself, and programs.
extension ShellRun {
  /// Follows a simple command. Gives what it prints, unless that goes to a file.
  mutating func run(_ command: ShellCommand, _ input: ScriptText?) throws -> ScriptText {
    commandLine = command.line
    commands += 1
    guard commands <= Self.mostCommands else { throw tooLong }
    var words: [ScriptText] = []
    for word in command.words { words += try fields(of: word) }
    let text = try self.input(of: command.redirections) ?? input
    let name = words.first.map { $0.gaps.isEmpty ? $0.string : "" }
    if name == nil || ShellParser.declaring.contains(name ?? "") {
      for assignment in command.assignments { try set(assignment) }
      return try deliver(ScriptText(), command.redirections)
    }
    let output = try run(name ?? "", words, text, line: command.line)
    return try deliver(output, command.redirections)
  }

  private mutating func run(
    _ name: String, _ words: [ScriptText], _ input: ScriptText?, line: Int
  ) throws -> ScriptText {
    let arguments = Array(words.dropFirst())
    if let body = state.functions[name] { return try call(body, arguments, input) }
    switch name {
    case "exit": state.hasEnded = true
    case "return":
      returns.append(state)
      state.hasEnded = true
    case "break", "continue": leavesLoop = true
    case "unset": for name in arguments { state.variables[name.string] = nil }
    case "set":
      if let dashes = arguments.firstIndex(where: { $0.says("--") }) {
        state.arguments = Array(arguments[(dashes + 1)...])
      }
    case "shift": state.arguments = state.arguments.map { Array($0.dropFirst()) }
    case "read", "mapfile", "readarray": read(name, arguments, input, line: line)
    case "eval":
      var text = ScriptText()
      for argument in arguments {
        if !text.isEmpty { text.append(UInt8(ascii: " "), line: line) }
        text.append(argument)
      }
      return try eval(text, line: line)
    case "tee":
      for path in arguments { state.files[Self.path(path)] = input ?? ScriptText() }
      return input ?? ScriptText()
    case "cat": return try cat(arguments, input, line: line)
    default:
      if let filter = ShellFilter(name, arguments, line: line) {
        return try counted(try run(filter, input, line: line))
      }
      if !ShellFilter.names.contains(name) {
        invocations.append(Invocation(words: words, line: line))
      }
      let told = ([name.isEmpty ? "…" : name] + (arguments.isEmpty ? [] : ["…"]))
      return ScriptText(
        ScriptGap(reason: .untold("what ‘\(told.joined(separator: " "))’ prints"), line: line))
    }
    return ScriptText()
  }

  private mutating func call(
    _ body: ShellNode, _ arguments: [ScriptText], _ input: ScriptText?
  ) throws -> ScriptText {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      throw RecipeError(
        line: commandLine, problem: .untold("functions that call each other so deep"))
    }
    let outer = (arguments: state.arguments, returns: returns)
    state.arguments = arguments
    returns = []
    let output = try run(body, input: input)
    if !returns.isEmpty { state = .merged(returns + [state], line: commandLine) }
    state.arguments = outer.arguments
    returns = outer.returns
    return output
  }

  private mutating func eval(_ text: ScriptText, line: Int) throws -> ScriptText {
    if let gap = text.gaps.first {
      return ScriptText(ScriptGap(reason: gap.reason, line: line))
    }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw tooLong }
    var parser = ShellParser(text.bytes, firstLine: line)
    return try run(try parser.parse())
  }

  /// `read -r -d '' name` takes the whole input, `read name` a line of it.
  private mutating func read(
    _ command: String, _ arguments: [ScriptText], _ input: ScriptText?, line: Int
  ) {
    guard let name = arguments.last, name.gaps.isEmpty else { return }
    let gap = ScriptText(ScriptGap(reason: .untold("what ‘\(command)’ reads"), line: line))
    let takesAll =
      arguments.contains { $0.says("-d") || $0.says("-rd") }
      && arguments.contains { $0.isEmpty }
    guard command == "read", takesAll, let input else {
      for name in arguments where name.bytes.allSatisfy(ByteSet.words.contains) {
        state.variables[name.string] = .text(gap)
      }
      return
    }
    let isBlank = { ByteSet.shellSpaces.contains($0) }
    let start = input.bytes.firstIndex { !isBlank($0) } ?? input.count
    let end = (input.bytes.lastIndex { !isBlank($0) } ?? start - 1) + 1
    state.variables[name.string] = .text(input[start..<max(start, end)])
  }

  private mutating func cat(
    _ arguments: [ScriptText], _ input: ScriptText?, line: Int
  ) throws -> ScriptText {
    let paths = arguments.filter { !$0.bytes.starts(with: [UInt8(ascii: "-")]) || $0.says("-") }
    guard !paths.isEmpty else { return input ?? ScriptText(missingInput(line)) }
    var text = ScriptText()
    for path in paths {
      if path.says("-") {
        text.append(input ?? ScriptText(missingInput(line)))
      } else {
        text.append(
          try file(path, line: line)
            ?? ScriptText(ScriptGap(reason: .untold("the file \(path.string)"), line: line)))
      }
    }
    return try counted(text)
  }

  /// What a filter makes of its files, or of its input where it names none.
  private mutating func run(
    _ filter: ShellFilter, _ input: ScriptText?, line: Int
  ) throws -> ScriptText {
    if filter.needsNoInput { return filter.output(of: ScriptText()) }
    guard !filter.files.isEmpty else {
      return filter.output(of: input ?? ScriptText(missingInput(line)))
    }
    guard filter.editsFiles else {
      return filter.output(of: try cat(filter.files, input, line: line))
    }
    for path in filter.files {
      guard let text = state.files[Self.path(path)] else { continue }
      state.files[Self.path(path)] = try counted(filter.output(of: text))
    }
    return ScriptText()
  }

  private func missingInput(_ line: Int) -> ScriptGap {
    ScriptGap(reason: .untold("standard input"), line: line)
  }
}
