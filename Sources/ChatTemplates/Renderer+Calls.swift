import GGUF

/// Calls of functions, methods and macros.
extension Renderer {
  /// What a call returns.
  mutating func called(_ call: Expression) throws(ChatTemplateError) -> Value {
    try called(call, caller: nil)
  }

  /// The text that printing what a call returns makes. The macro may call the caller.
  mutating func text(
    of call: Expression, caller: Value
  ) throws(ChatTemplateError) -> String {
    let value = try called(call, caller: caller)
    return try at(call.line) { () throws(TemplateProblem) in try value.text(budget) }
  }

  private mutating func called(
    _ call: Expression, caller: Value?
  ) throws(ChatTemplateError) -> Value {
    guard case .call(let callee, let list) = call.form else {
      return try value(of: call)
    }
    let value = try value(of: callee)
    let arguments = try arguments(list)
    switch value {
    case .function(.macro(let macro)):
      return .string(try text(of: macro, arguments, caller: caller, line: call.line))
    case .function(.method(let owner, let name)):
      return try at(call.line) { () throws(TemplateProblem) in
        try owner.called(name, arguments, budget)
      }
    case .function(.global("namespace")):
      let members = try at(call.line) { () throws(TemplateProblem) in
        try Globals.members(arguments)
      }
      let namespace = Namespace(members)
      namespaces.append(namespace)
      return .namespace(namespace)
    case .function(.global(let name)):
      return try at(call.line) { () throws(TemplateProblem) in
        try Globals.result(of: name, arguments, time, budget)
      }
    case .undefined(let what):
      throw ChatTemplateError(line: call.line, problem: .evaluation(what))
    default:
      let problem = TemplateProblem.evaluation("\(value.kind) cannot be called")
      throw ChatTemplateError(line: call.line, problem: problem)
    }
  }

  /// A call of a macro takes as much of the stack as so many other levels.
  private static let levelsOfMacro = 6

  private mutating func text(
    of macro: Macro, _ arguments: Arguments, caller: Value?, line: Int
  ) throws(ChatTemplateError) -> String {
    let definition = macro.definition
    guard let outer = macro.scope else {
      let problem = TemplateProblem.unsupported(
        "calling the macro \(definition.name.quoted) behind the block that defines it")
      throw ChatTemplateError(line: line, problem: problem)
    }
    let values = try at(line) { () throws(TemplateProblem) in
      try arguments.bound(to: definition.parameters.map(\.name))
    }
    try enter(levels: Self.levelsOfMacro, line: line)
    defer { leave(levels: Self.levelsOfMacro) }
    let calling = scope
    scope = Scope(in: outer)
    defer { scope = calling }
    scope["caller"] = caller
    for (parameter, value) in zip(definition.parameters, values) {
      scope[parameter.name] = if let value { value } else { try standard(for: parameter) }
    }
    return try text(of: definition.body, in: scope)
  }

  private mutating func standard(
    for parameter: MacroDefinition.Parameter
  ) throws(ChatTemplateError) -> Value {
    guard let standard = parameter.standard else {
      return .undefined("the parameter \(parameter.name.quoted) is not given")
    }
    return try value(of: standard)
  }
}

extension Value {
  /// What a method of the value returns.
  fileprivate func called(
    _ name: String, _ arguments: Arguments, _ budget: Budget
  ) throws(TemplateProblem) -> Value {
    try budget.charge(size + arguments.size)
    let operands = Operands(value: self, arguments: arguments, budget: budget)
    switch self {
    case .string(let text): return try StringMethods.result(of: name, text, operands)
    case .object(let object): return try ObjectMethods.result(of: name, object, operands)
    case .list(let list): return try ListMethods.result(of: name, list, operands)
    case .loop(let loop):
      let values = arguments.positional
      guard !values.isEmpty else { throw .evaluation("there is nothing to cycle through") }
      return values[loop.index % values.count]
    default: throw .evaluation("\(kind) has no methods")
    }
  }
}
