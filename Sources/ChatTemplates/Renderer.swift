import GGUF

/// Does what the statements of a template say.
struct Renderer {
  let budget: Budget
  let time: CalendarTime
  var scope: Scope
  /// Namespaces may hold themselves, so that none goes by itself.
  var namespaces: [Namespace] = []
  private var output = ""
  private var depth = 0

  /// The text that statements print.
  static func text(
    of statements: [Statement], variables: OrderedObject<JSONValue>, time: CalendarTime,
    _ budget: Budget
  ) throws(ChatTemplateError) -> String {
    let scope = Scope(in: nil)
    for variable in variables.members {
      scope[variable.key] = try at(1) { () throws(TemplateProblem) in try Value(variable.value) }
    }
    var renderer = Renderer(budget: budget, time: time, scope: scope)
    defer { for namespace in renderer.namespaces { namespace.members = OrderedObject() } }
    _ = try renderer.run(statements)
    return renderer.output
  }

  private init(budget: Budget, time: CalendarTime, scope: Scope) {
    self.budget = budget
    self.time = time
    self.scope = scope
  }

  /// Where a template goes on behind a statement.
  private enum Course {
    case next, nextRound, leaveLoop
  }

  /// Statements, expressions and calls of macros may stand within as many others.
  private static let depthLimit = 160

  /// Counts a step, and levels that end with `leave`.
  mutating func enter(levels: Int = 1, line: Int) throws(ChatTemplateError) {
    guard depth + levels <= Self.depthLimit else {
      throw ChatTemplateError(line: line, problem: .tooDeep)
    }
    try at(line) { () throws(TemplateProblem) in try budget.charge(1) }
    depth += levels
  }

  /// Ends levels.
  mutating func leave(levels: Int = 1) { depth -= levels }

  private mutating func run(_ statements: [Statement]) throws(ChatTemplateError) -> Course {
    for statement in statements {
      try enter(line: statement.line)
      defer { leave() }
      let course = try run(statement)
      if course != .next { return course }
    }
    return .next
  }

  private mutating func run(_ statement: Statement) throws(ChatTemplateError) -> Course {
    let line = statement.line
    switch statement.form {
    case .text(let text): try write(text, line: line)
    case .output(let expression): try write(try text(of: expression), line: line)
    case .set(let target, let value): try set(target, to: try self.value(of: value), line: line)
    case .setText(let target, let filters, let body):
      let text = try text(of: body, in: Scope(in: scope))
      try set(target, to: try filtered(.string(text), by: filters), line: line)
    case .branches(let branches, let otherwise): return try run(branches, otherwise: otherwise)
    case .loop(let loop): return try run(loop, line: line)
    case .leaveLoop: return .leaveLoop
    case .nextRound: return .nextRound
    case .macro(let definition):
      scope[definition.name] = .function(.macro(Macro(definition, in: scope)))
    case .call(let call, let caller):
      let caller = Value.function(.macro(Macro(caller, in: scope)))
      try write(try text(of: call, caller: caller), line: line)
    case .filter(let filters, let body):
      let text = try text(of: body, in: Scope(in: scope))
      let value = try filtered(.string(text), by: filters)
      try write(try at(line) { () throws(TemplateProblem) in try value.text(budget) }, line: line)
    case .scope(let bindings, let body):
      let inner = Scope(in: scope)
      for binding in bindings {
        let value = try self.value(of: binding.value)
        try set(binding.target, to: value, in: inner, line: line)
      }
      return try run(body, in: inner)
    }
    return .next
  }

  private mutating func write(_ text: String, line: Int) throws(ChatTemplateError) {
    try at(line) { () throws(TemplateProblem) in try budget.charge(text.utf8.count) }
    output += text
  }

  private mutating func run(
    _ statements: [Statement], in inner: Scope
  ) throws(ChatTemplateError) -> Course {
    let outer = scope
    scope = inner
    defer { scope = outer }
    return try run(statements)
  }

  /// The text that statements print, instead of printing it.
  mutating func text(
    of statements: [Statement], in inner: Scope
  ) throws(ChatTemplateError) -> String {
    let printed = output
    output = ""
    defer { output = printed }
    _ = try run(statements, in: inner)
    return output
  }

  private mutating func run(
    _ branches: [Statement.Branch], otherwise: [Statement]
  ) throws(ChatTemplateError) -> Course {
    for branch in branches where try value(of: branch.condition).isTrue {
      return try run(branch.body)
    }
    return try run(otherwise)
  }

  private mutating func run(
    _ loop: Statement.Loop, line: Int
  ) throws(ChatTemplateError) -> Course {
    let sequence = try value(of: loop.sequence)
    var items = try at(line) { () throws(TemplateProblem) in try sequence.items(budget) }
    if let condition = loop.condition {
      items = try picked(items, for: loop.target, where: condition, line: line)
    }
    guard !items.isEmpty else { return try run(loop.otherwise) }
    for (index, item) in items.enumerated() {
      try at(line) { () throws(TemplateProblem) in try budget.charge(1) }
      let inner = Scope(in: scope)
      inner["loop"] = .loop(LoopPosition(items: items, index: index))
      try set(loop.target, to: item, in: inner, line: line)
      if try run(loop.body, in: inner) == .leaveLoop { break }
    }
    return .next
  }

  /// The elements for which a condition holds.
  private mutating func picked(
    _ items: [Value], for target: Statement.Target, where condition: Expression, line: Int
  ) throws(ChatTemplateError) -> [Value] {
    let outer = scope
    defer { scope = outer }
    var picked: [Value] = []
    for item in items {
      scope = Scope(in: outer)
      try set(target, to: item, line: line)
      if try value(of: condition).isTrue { picked.append(item) }
    }
    return picked
  }

  private mutating func set(
    _ target: Statement.Target, to value: Value, line: Int
  ) throws(ChatTemplateError) {
    try set(target, to: value, in: scope, line: line)
  }

  private func set(
    _ target: Statement.Target, to value: Value, in scope: Scope, line: Int
  ) throws(ChatTemplateError) {
    switch target {
    case .name(let name): scope[name] = value
    case .member(let owner, let name):
      guard case .namespace(let namespace)? = scope[owner] else {
        throw ChatTemplateError(
          line: line, problem: .evaluation("\(owner.quoted) is no namespace, so nothing can be set")
        )
      }
      namespace.members[name] = value
    case .targets(let targets):
      let items = try at(line) { () throws(TemplateProblem) in try value.items(budget) }
      guard items.count == targets.count else {
        throw ChatTemplateError(
          line: line,
          problem: .evaluation("\(items.count) values stand for \(targets.count) names"))
      }
      for (target, item) in zip(targets, items) {
        try set(target, to: item, in: scope, line: line)
      }
    }
  }
}
