import GGUF

/// The values of expressions.
extension Renderer {
  /// The text that printing the value of an expression makes.
  mutating func text(of expression: Expression) throws(ChatTemplateError) -> String {
    let value = try value(of: expression)
    return try at(expression.line) { () throws(TemplateProblem) in try value.text(budget) }
  }

  mutating func value(of expression: Expression) throws(ChatTemplateError) -> Value {
    try enter(line: expression.line)
    defer { leave() }
    switch expression.form {
    case .literal(let value):
      return try at(expression.line) { () throws(TemplateProblem) in try Value(value) }
    case .name(let name): return value(of: name)
    case .list(let parts): return try list(parts, isTuple: false, line: expression.line)
    case .tuple(let parts): return try list(parts, isTuple: true, line: expression.line)
    case .object(let members): return try object(members, line: expression.line)
    case .not(let operand): return .bool(!(try value(of: operand).isTrue))
    case .minus(let operand): return try signed(operand, isMinus: true)
    case .plus(let operand): return try signed(operand, isMinus: false)
    case .all(let parts): return try last(of: parts, upTo: false)
    case .any(let parts): return try last(of: parts, upTo: true)
    case .comparison(let first, let others): return .bool(try holds(first, others))
    case .arithmetic(let first, let steps): return try result(first, steps)
    case .concatenation(let parts): return try concatenation(parts, line: expression.line)
    case .choice(let condition, let value, let otherwise):
      if try self.value(of: condition).isTrue { return try self.value(of: value) }
      return try otherwise.map { otherwise throws(ChatTemplateError) in
        try self.value(of: otherwise)
      } ?? .undefined("a choice has no value")
    default: return try part(expression)
    }
  }

  /// The value of an expression that takes a part of another value, or calls something.
  private mutating func part(_ expression: Expression) throws(ChatTemplateError) -> Value {
    let line = expression.line
    switch expression.form {
    case .attribute(let base, let name):
      let base = try value(of: base)
      return try at(line) { () throws(TemplateProblem) in try base.attribute(name) }
    case .element(let base, let key):
      let (base, key) = (try value(of: base), try value(of: key))
      return try at(line) { () throws(TemplateProblem) in try base.element(at: key, budget) }
    case .slice(let base, let start, let stop, let step):
      let base = try value(of: base)
      let (start, stop) = (try value(ofOptional: start), try value(ofOptional: stop))
      let step = try value(ofOptional: step)
      return try at(line) { () throws(TemplateProblem) in
        try base.slice(from: start, to: stop, by: step, budget)
      }
    case .filter(let operand, let filter):
      return try filtered(try value(of: operand), by: [filter])
    case .test(let operand, let test):
      let operands = Operands(
        value: try value(of: operand), arguments: try arguments(test.arguments), budget: budget)
      return .bool(
        try at(test.line) { () throws(TemplateProblem) in
          try ValueTests.result(of: test.name, operands)
        })
    default: return try called(expression)
    }
  }

  private mutating func value(
    ofOptional expression: Expression?
  ) throws(ChatTemplateError) -> Value? {
    guard let expression else { return nil }
    return try value(of: expression)
  }

  private func value(of name: String) -> Value {
    if let value = scope[name] { return value }
    if Globals.names.contains(name) { return .function(.global(name)) }
    return .undefined("\(name.quoted) is not defined")
  }

  private mutating func values(of parts: [Expression]) throws(ChatTemplateError) -> [Value] {
    var values: [Value] = []
    for part in parts { values.append(try value(of: part)) }
    return values
  }

  private mutating func list(
    _ parts: [Expression], isTuple: Bool, line: Int
  ) throws(ChatTemplateError) -> Value {
    let items = try values(of: parts)
    return .list(
      try at(line) { () throws(TemplateProblem) in try List(items, isTuple: isTuple) })
  }

  private mutating func object(
    _ members: [Expression.Member], line: Int
  ) throws(ChatTemplateError) -> Value {
    var object = OrderedObject<Value>()
    for member in members {
      guard case .string(let key) = try value(of: member.key) else {
        throw ChatTemplateError(line: line, problem: .unsupported("a key that is no string"))
      }
      object[key] = try value(of: member.value)
    }
    return .object(try at(line) { () throws(TemplateProblem) in try Object(object) })
  }

  private mutating func signed(
    _ operand: Expression, isMinus: Bool
  ) throws(ChatTemplateError) -> Value {
    let value = try value(of: operand)
    return try at(operand.line) { () throws(TemplateProblem) in
      guard let number = value.number else { throw .evaluation("\(value.kind) has no sign") }
      switch number {
      case .int(let value) where isMinus:
        return .int(try Number.checked((0).subtractingReportingOverflow(value)))
      case .double(let value) where isMinus: return .double(-value)
      default: return number.value
      }
    }
  }

  /// The first value that is as true as given, or else the last one.
  private mutating func last(
    of parts: [Expression], upTo truth: Bool
  ) throws(ChatTemplateError) -> Value {
    var last = Value.null
    for part in parts {
      last = try value(of: part)
      if last.isTrue == truth { return last }
    }
    return last
  }

  private mutating func holds(
    _ first: Expression, _ others: [Expression.Comparison]
  ) throws(ChatTemplateError) -> Bool {
    var left = try value(of: first)
    for other in others {
      let right = try value(of: other.operand)
      let holds = try at(first.line) { () throws(TemplateProblem) in
        try left.holds(other.comparator, right, budget)
      }
      if !holds { return false }
      left = right
    }
    return true
  }

  private mutating func result(
    _ first: Expression, _ steps: [Expression.Step]
  ) throws(ChatTemplateError) -> Value {
    var result = try value(of: first)
    for step in steps {
      let operand = try value(of: step.operand)
      result = try at(step.operand.line) { () throws(TemplateProblem) in
        try result.result(of: step.operation, with: operand, budget)
      }
    }
    return result
  }

  private mutating func concatenation(
    _ parts: [Expression], line: Int
  ) throws(ChatTemplateError) -> Value {
    let values = try values(of: parts)
    return .string(
      try at(line) { () throws(TemplateProblem) in
        try StringMethods.joining(values, by: "", budget)
      })
  }

  /// A value as filters leave it.
  mutating func filtered(
    _ value: Value, by filters: [Expression.Invocation]
  ) throws(ChatTemplateError) -> Value {
    var value = value
    for filter in filters {
      let operands = Operands(
        value: value, arguments: try arguments(filter.arguments), budget: budget)
      value = try at(filter.line) { () throws(TemplateProblem) in
        try Filters.result(of: filter.name, operands)
      }
    }
    return value
  }

  /// The values of arguments.
  mutating func arguments(
    _ list: Expression.ArgumentList
  ) throws(ChatTemplateError) -> Arguments {
    var arguments = Arguments(positional: try values(of: list.positional))
    for argument in list.named {
      arguments.named.append((argument.name, try value(of: argument.value)))
    }
    return arguments
  }
}

extension Value {
  /// Whether a comparison with another value holds.
  fileprivate func holds(
    _ comparator: Expression.Comparator, _ other: Value, _ budget: Budget
  ) throws(TemplateProblem) -> Bool {
    switch comparator {
    case .equal: try equals(other, budget)
    case .notEqual: !(try equals(other, budget))
    case .less: try precedes(other, budget)
    case .lessOrEqual: try isAtMost(other, budget)
    case .greater: try other.precedes(self, budget)
    case .greaterOrEqual: try other.isAtMost(self, budget)
    case .isIn: try other.contains(self, budget)
    case .isNotIn: !(try other.contains(self, budget))
    }
  }
}
