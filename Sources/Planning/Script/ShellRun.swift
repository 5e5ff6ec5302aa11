/// Follows a script without running it: what it sets, writes and passes to programs, as far as the script tells.
///
/// Programs are never started. Of those that only rewrite text (`ShellFilter`) the output is known, of others it
/// is a gap.
struct ShellRun {
  /// The most commands that are followed, those in loops and functions each time.
  static let mostCommands = 100_000
  /// The most bytes of text that a script may make.
  static let mostBytes = 32 << 20
  /// How deep functions may call each other.
  static let deepest = 30

  /// A program that the script starts, with its words.
  struct Invocation {
    let words: [ScriptText]
    let line: Int
  }

  var state = ShellState()
  /// The programs that it starts, in order, those of all branches among them.
  var invocations: [Invocation] = []
  /// Reads a file beside the script; nil where there is none.
  let files: (String) throws -> [UInt8]?

  /// The line of the last command.
  var commandLine = 1
  /// What was followed so far: commands, bytes that were made, and how deep functions call each other.
  var commands = 0
  private var bytes = 0
  var depth = 0
  /// Whether the loop that is followed has a `break` or `continue`.
  var leavesLoop = false
  /// The states in which the function that is followed returned.
  var returns: [ShellState] = []

  init(files: @escaping (String) throws -> [UInt8]?) { self.files = files }

  /// Follows a part of the script. Gives what it prints.
  @discardableResult
  mutating func run(_ node: ShellNode, input: ScriptText? = nil) throws -> ScriptText {
    guard !state.hasEnded else { return ScriptText() }
    switch node {
    case .command(let command): return try run(command, input)
    case .sequence(let nodes):
      var output = ScriptText()
      for node in nodes { output.append(try run(node, input: input)) }
      return output
    case .pipeline(let nodes):
      var text = input
      for node in nodes { text = try isolated { run throws in try run.run(node, input: text) } }
      return text ?? ScriptText()
    case .chain(let first, let others): return try chain(first, others, input)
    case .subshell(let node):
      return try isolated { run throws in try run.run(node, input: input) }
    case .branches(let conditions, let bodies, let isExhaustive):
      for condition in conditions { try run(condition) }
      return try oneOf(bodies, orNone: !isExhaustive, input)
    case .forEach(let variable, let words, let body):
      return try loop(variable, words, body, input)
    case .repeated(let condition, let body):
      try run(condition, input: input)
      return try oneOf([body], orNone: true, input)
    case .function(let name, let body):
      state.functions[name] = body
      return ScriptText()
    case .redirected(let node, let redirections):
      let text = try self.input(of: redirections) ?? input
      return try deliver(try run(node, input: text), redirections)
    }
  }

  // MARK: Ways through the script

  /// What is set in `body` is forgotten behind it; files stay.
  mutating func isolated<T>(_ body: (inout ShellRun) throws -> T) throws -> T {
    let before = state
    let result = try body(&self)
    let files = state.files
    state = before
    state.files = files
    return result
  }

  /// One of these runs, or none. Afterwards, what they do not agree about is a gap.
  private mutating func oneOf(
    _ bodies: [ShellNode], orNone: Bool, _ input: ScriptText?
  ) throws -> ScriptText {
    let before = state
    var ways = orNone ? [before] : []
    var output = ScriptText()
    for body in bodies {
      state = before
      output.append(try run(body, input: input))
      ways.append(state)
    }
    // Named is the line of what was set last: more often than not it is what they differ in.
    let line = commandLine
    state = .merged(ways.isEmpty ? [before] : ways, line: line)
    guard !output.isEmpty else { return output }
    return ScriptText(ScriptGap(reason: .untold("what a branch prints"), line: line))
  }

  private mutating func chain(
    _ first: ShellNode, _ others: [(isOr: Bool, node: ShellNode)], _ input: ScriptText?
  ) throws -> ScriptText {
    var output = try run(first, input: input)
    var before = state
    var isCertain = !first.isTest
    for (isOr, node) in others {
      if isOr {
        output.append(try oneOf([node], orNone: true, input))
        if isCertain { before = state }
      } else {
        output.append(try run(node, input: input))
        if isCertain { before = state }
      }
      isCertain = isCertain && !node.isTest
    }
    if !isCertain { state = .merged([before, state], line: commandLine) }
    return output
  }

  private mutating func loop(
    _ variable: String, _ words: [ShellWord], _ body: ShellNode, _ input: ScriptText?
  ) throws -> ScriptText {
    let before = state
    var items: [ScriptText] = []
    for word in words { items += try fields(of: word) }
    if let gap = items.flatMap(\.gaps).first(where: \.isDivided) {
      state.variables[variable] = .text(ScriptText(gap))
      return try oneOf([body], orNone: true, input)
    }
    var output = ScriptText()
    let outer = leavesLoop
    leavesLoop = false
    for item in items {
      state.variables[variable] = .text(item)
      output.append(try run(body, input: input))
    }
    if leavesLoop { state = .merged([before, state], line: commandLine) }
    leavesLoop = outer
    return output
  }

  // MARK: Bounds

  /// A text that was made, counted.
  mutating func counted(_ text: ScriptText) throws -> ScriptText {
    bytes += text.count
    guard bytes <= Self.mostBytes else { throw tooLong }
    return text
  }

  var tooLong: RecipeError {
    RecipeError(line: commandLine, problem: .untold("a script that makes so much"))
  }
}

extension ShellNode {
  /// Whether it is a command whose purpose is to succeed or to fail. Others are taken to succeed.
  fileprivate var isTest: Bool {
    switch self {
    case .command(let command):
      guard let name = command.words.first else { return command.assignments.isEmpty }
      return Self.tests.contains(name.plain ?? "")
    case .pipeline(let nodes): return nodes.last?.isTest ?? false
    case .chain(let first, let others): return first.isTest || others.contains { $0.node.isTest }
    case .subshell(let node), .redirected(let node, _): return node.isTest
    case .sequence(let nodes): return nodes.last?.isTest ?? false
    case .branches, .forEach, .repeated, .function: return false
    }
  }

  private static let tests: Set = ["[", "test", "grep", "command", "which", "type", "false"]
}
