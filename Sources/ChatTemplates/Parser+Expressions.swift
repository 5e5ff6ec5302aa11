import GGUF

/// Makes expressions of tokens. Each function reads what binds as tightly as its name says, or tighter.
extension Parser {
  /// The names that are values.
  static let constants: [String: JSONValue] = [
    "true": .bool(true), "True": .bool(true), "false": .bool(false), "False": .bool(false),
    "none": .null, "None": .null,
  ]

  /// An expression, or several with commas between.
  mutating func expressionOrTuple(allowsChoice: Bool = true) throws(ChatTemplateError) -> Expression
  {
    let line = line
    var parts = [try expression(allowsChoice: allowsChoice)]
    guard kind == .symbol(.comma) else { return parts[0] }
    while skip(.comma), !endsTuple { parts.append(try expression(allowsChoice: allowsChoice)) }
    return try Expression(.tuple(parts), line: line)
  }

  private var endsTuple: Bool {
    [.blockEnd, .outputEnd, .symbol(.closeParenthesis)].contains(kind)
  }

  /// A whole expression; `A if B else C` only where choices are allowed.
  mutating func expression(allowsChoice: Bool = true) throws(ChatTemplateError) -> Expression {
    try nested { parser throws(ChatTemplateError) in
      allowsChoice ? try parser.choice() : try parser.disjunction()
    }
  }

  private mutating func choice() throws(ChatTemplateError) -> Expression {
    let line = line
    var value = try disjunction()
    while skip(word: "if") {
      let condition = try disjunction()
      let otherwise = skip(word: "else") ? try expression() : nil
      value = try Expression(
        .choice(condition: condition, value: value, otherwise: otherwise), line: line)
    }
    return value
  }

  private mutating func disjunction() throws(ChatTemplateError) -> Expression {
    let line = line
    var parts = [try conjunction()]
    while skip(word: "or") { parts.append(try conjunction()) }
    return parts.count == 1 ? parts[0] : try Expression(.any(parts), line: line)
  }

  private mutating func conjunction() throws(ChatTemplateError) -> Expression {
    let line = line
    var parts = [try negation()]
    while skip(word: "and") { parts.append(try negation()) }
    return parts.count == 1 ? parts[0] : try Expression(.all(parts), line: line)
  }

  private mutating func negation() throws(ChatTemplateError) -> Expression {
    let line = line
    guard skip(word: "not") else { return try comparison() }
    let operand = try nested { parser throws(ChatTemplateError) in try parser.negation() }
    return try Expression(.not(operand), line: line)
  }

  private mutating func comparison() throws(ChatTemplateError) -> Expression {
    let line = line
    let first = try sum()
    var others: [Expression.Comparison] = []
    while let comparator = comparator() {
      others.append(Expression.Comparison(comparator: comparator, operand: try sum()))
    }
    return others.isEmpty ? first : try Expression(.comparison(first, others), line: line)
  }

  /// Goes behind the comparator that comes next; nil where none does.
  private mutating func comparator() -> Expression.Comparator? {
    if kind == .name("not"), secondKind == .name("in") {
      advance()
      advance()
      return .isNotIn
    }
    let comparators: [(kind: Token.Kind, comparator: Expression.Comparator)] = [
      (.symbol(.equal), .equal), (.symbol(.notEqual), .notEqual), (.symbol(.less), .less),
      (.symbol(.lessOrEqual), .lessOrEqual), (.symbol(.greater), .greater),
      (.symbol(.greaterOrEqual), .greaterOrEqual), (.name("in"), .isIn),
    ]
    return comparators.first { skip($0.kind) }?.comparator
  }

  private mutating func sum() throws(ChatTemplateError) -> Expression {
    try chain([(.plus, .add), (.minus, .subtract)]) { parser throws(ChatTemplateError) in
      try parser.concatenation()
    }
  }

  private mutating func concatenation() throws(ChatTemplateError) -> Expression {
    let line = line
    var parts = [try product()]
    while skip(.tilde) { parts.append(try product()) }
    return parts.count == 1 ? parts[0] : try Expression(.concatenation(parts), line: line)
  }

  private mutating func product() throws(ChatTemplateError) -> Expression {
    let operations: [(Token.Symbol, Expression.Operation)] = [
      (.times, .multiply), (.divide, .divide), (.floorDivide, .floorDivide),
      (.remainder, .remainder),
    ]
    return try chain(operations) { parser throws(ChatTemplateError) in try parser.power() }
  }

  private mutating func power() throws(ChatTemplateError) -> Expression {
    try chain([(.power, .power)]) { parser throws(ChatTemplateError) in try parser.unary() }
  }

  /// Operands with these operations between, which bind equally.
  private mutating func chain(
    _ operations: [(symbol: Token.Symbol, operation: Expression.Operation)],
    of operand: (inout Parser) throws(ChatTemplateError) -> Expression
  ) throws(ChatTemplateError) -> Expression {
    let line = line
    let first = try operand(&self)
    var steps: [Expression.Step] = []
    while let next = operations.first(where: { kind == .symbol($0.symbol) }) {
      advance()
      steps.append(Expression.Step(operation: next.operation, operand: try operand(&self)))
    }
    return steps.isEmpty ? first : try Expression(.arithmetic(first, steps), line: line)
  }

  /// A sign binds tighter than filters, and looser than what follows a value.
  private mutating func unary(allowsFilters: Bool = true) throws(ChatTemplateError) -> Expression {
    let line = line
    var value: Expression
    if kind == .symbol(.minus) || kind == .symbol(.plus) {
      let isMinus = kind == .symbol(.minus)
      advance()
      let operand = try nested { parser throws(ChatTemplateError) in
        try parser.unary(allowsFilters: false)
      }
      value = try Expression(isMinus ? .minus(operand) : .plus(operand), line: line)
    } else {
      value = try primary()
    }
    value = try withPostfixes(value)
    return allowsFilters ? try withFilters(value) : value
  }

  private mutating func primary() throws(ChatTemplateError) -> Expression {
    let line = line
    let form: Expression.Form
    switch kind {
    case .name(let name):
      advance()
      form = Self.constants[name].map { .literal($0) } ?? .name(name)
    case .string: form = .literal(.string(strings()))
    case .int(let value):
      advance()
      form = .literal(.int(value))
    case .double(let value):
      advance()
      form = .literal(.double(value))
    case .symbol(.openParenthesis): return try parenthesized()
    case .symbol(.openBracket): form = .list(try list())
    case .symbol(.openBrace): form = .object(try members())
    default: throw mistake("a value is expected, not \(kind)")
    }
    return try Expression(form, line: line)
  }

  /// Strings one behind another are one.
  private mutating func strings() -> String {
    var text = ""
    while case .string(let part) = kind {
      text += part
      advance()
    }
    return text
  }

  private mutating func parenthesized() throws(ChatTemplateError) -> Expression {
    let line = line
    advance()
    if skip(.closeParenthesis) { return try Expression(.tuple([]), line: line) }
    let value = try expressionOrTuple()
    try expect(.closeParenthesis)
    return value
  }

  private mutating func list() throws(ChatTemplateError) -> [Expression] {
    advance()
    var parts: [Expression] = []
    while kind != .symbol(.closeBracket) {
      parts.append(try expression())
      guard skip(.comma) else { break }
    }
    try expect(.closeBracket)
    return parts
  }

  private mutating func members() throws(ChatTemplateError) -> [Expression.Member] {
    advance()
    var members: [Expression.Member] = []
    while kind != .symbol(.closeBrace) {
      let key = try expression()
      try expect(.colon)
      members.append(Expression.Member(key: key, value: try expression()))
      guard skip(.comma) else { break }
    }
    try expect(.closeBrace)
    return members
  }

  /// The value with the attributes, elements and calls behind it.
  private mutating func withPostfixes(_ base: Expression) throws(ChatTemplateError) -> Expression {
    var value = base
    while true {
      if skip(.dot) {
        value = try attribute(of: value)
      } else if skip(.openBracket) {
        value = try element(of: value)
      } else if kind == .symbol(.openParenthesis) {
        value = try Expression(.call(value, try arguments()), line: value.line)
      } else {
        return value
      }
    }
  }

  private mutating func attribute(of base: Expression) throws(ChatTemplateError) -> Expression {
    if case .int(let index) = kind {
      let place = try Expression(.literal(.int(index)), line: line)
      advance()
      return try Expression(.element(base, at: place), line: base.line)
    }
    return try Expression(.attribute(base, try name()), line: base.line)
  }

  /// What stands between brackets behind a value, the opening one passed.
  private mutating func element(of base: Expression) throws(ChatTemplateError) -> Expression {
    let start = kind == .symbol(.colon) ? nil : try expression()
    guard skip(.colon) else {
      guard let start else { throw mistake("an index is expected, not \(kind)") }
      if kind == .symbol(.comma) {
        throw ChatTemplateError(line: line, problem: .unsupported("an index of several parts"))
      }
      try expect(.closeBracket)
      return try Expression(.element(base, at: start), line: base.line)
    }
    let stop = endsBound ? nil : try expression()
    let step = skip(.colon) && !endsBound ? try expression() : nil
    try expect(.closeBracket)
    return try Expression(.slice(base, start: start, stop: stop, step: step), line: base.line)
  }

  private var endsBound: Bool { kind == .symbol(.colon) || kind == .symbol(.closeBracket) }

  private mutating func arguments() throws(ChatTemplateError) -> Expression.ArgumentList {
    advance()
    var list = Expression.ArgumentList()
    while kind != .symbol(.closeParenthesis) {
      if kind == .symbol(.times) || kind == .symbol(.power) {
        throw ChatTemplateError(line: line, problem: .unsupported("a list of arguments by a star"))
      }
      if case .name(let name) = kind, secondKind == .symbol(.assign) {
        advance()
        advance()
        guard !list.named.contains(where: { $0.name == name }) else {
          throw mistake("the argument \(name.quoted) comes twice")
        }
        list.named.append((name, try expression()))
      } else {
        guard list.named.isEmpty else { throw mistake("an argument without a name comes too late") }
        list.positional.append(try expression())
      }
      guard skip(.comma) else { break }
    }
    try expect(.closeParenthesis)
    return list
  }

  /// The value with the filters, tests and calls behind it.
  private mutating func withFilters(_ base: Expression) throws(ChatTemplateError) -> Expression {
    var value = base
    while true {
      if skip(.pipe) {
        value = try Expression(.filter(value, try invocation()), line: value.line)
      } else if skip(word: "is") {
        value = try test(of: value)
      } else if kind == .symbol(.openParenthesis) {
        value = try Expression(.call(value, try arguments()), line: value.line)
      } else {
        return value
      }
    }
  }

  /// The name of a filter with its arguments.
  mutating func invocation() throws(ChatTemplateError) -> Expression.Invocation {
    let line = line
    let name = try name()
    let arguments =
      kind == .symbol(.openParenthesis) ? try arguments() : Expression.ArgumentList()
    return Expression.Invocation(line: line, name: name, arguments: arguments)
  }

  private mutating func test(of value: Expression) throws(ChatTemplateError) -> Expression {
    let line = line
    let isNegated = skip(word: "not")
    let name = try name()
    var arguments = Expression.ArgumentList()
    if kind == .symbol(.openParenthesis) {
      arguments = try self.arguments()
    } else if beginsTestArgument {
      let argument = try nested { parser throws(ChatTemplateError) in
        try parser.withPostfixes(try parser.primary())
      }
      arguments.positional.append(argument)
    }
    let invocation = Expression.Invocation(line: line, name: name, arguments: arguments)
    let test = try Expression(.test(value, invocation), line: value.line)
    return isNegated ? try Expression(.not(test), line: value.line) : test
  }

  /// Whether the next token is the argument of a test that needs no parentheses.
  private var beginsTestArgument: Bool {
    switch kind {
    case .name(let word): !["else", "or", "and", "is"].contains(word)
    case .string, .int, .double, .symbol(.openBracket), .symbol(.openBrace): true
    default: false
    }
  }
}
