import GGUF

/// Makes statements of tokens.
struct Parser {
  private let tokens: [Token]
  private var position = 0
  private var nesting = 0
  /// How many loops stand around the current statement.
  private var loops = 0

  /// The statements of a template.
  static func statements(of template: String) throws(ChatTemplateError) -> [Statement] {
    var parser = Parser(tokens: try Lexer.tokens(of: template))
    return try parser.body(until: [], of: "the template")
  }

  private init(tokens: [Token]) { self.tokens = tokens }

  /// Statements and expressions may stand within as many others.
  private static let nestingLimit = 32

  /// What a body reads, one level further in.
  mutating func nested<Result>(
    _ body: (inout Parser) throws(ChatTemplateError) -> Result
  ) throws(ChatTemplateError) -> Result {
    guard nesting < Self.nestingLimit else {
      throw ChatTemplateError(line: line, problem: .tooDeep)
    }
    nesting += 1
    defer { nesting -= 1 }
    return try body(&self)
  }

  /// The next token.
  var kind: Token.Kind { tokens[position].kind }

  /// The line of the next token.
  var line: Int { tokens[position].line }

  /// The token behind the next one.
  var secondKind: Token.Kind { tokens[min(position + 1, tokens.count - 1)].kind }

  /// Goes behind the next token; the end stays.
  mutating func advance() { position = min(position + 1, tokens.count - 1) }

  mutating func skip(_ expected: Token.Kind) -> Bool {
    guard kind == expected else { return false }
    advance()
    return true
  }

  mutating func skip(_ symbol: Token.Symbol) -> Bool { skip(.symbol(symbol)) }

  mutating func skip(word: String) -> Bool { skip(.name(word)) }

  mutating func expect(_ expected: Token.Kind) throws(ChatTemplateError) {
    guard skip(expected) else { throw mistake("\(expected) is expected, not \(kind)") }
  }

  mutating func expect(_ symbol: Token.Symbol) throws(ChatTemplateError) {
    try expect(.symbol(symbol))
  }

  mutating func name() throws(ChatTemplateError) -> String {
    guard case .name(let name) = kind else { throw mistake("a name is expected, not \(kind)") }
    advance()
    return name
  }

  func mistake(_ text: String) -> ChatTemplateError {
    ChatTemplateError(line: line, problem: .syntax(text))
  }

  /// Reads statements up to a block that begins with one of the words, and goes behind that word.
  private mutating func body(
    until words: [String], of owner: String
  ) throws(ChatTemplateError) -> [Statement] {
    try nested { parser throws(ChatTemplateError) in
      var statements: [Statement] = []
      while true {
        if parser.kind == .blockBegin, case .name(let word) = parser.secondKind,
          words.contains(word)
        {
          parser.advance()
          return statements
        }
        if parser.kind == .end {
          guard words.isEmpty else { throw parser.mistake("\(owner) does not end") }
          return statements
        }
        statements.append(try parser.statement())
      }
    }
  }

  /// Reads a body up to the block `end…` of its kind, and goes behind that block.
  private mutating func wholeBody(of kind: String) throws(ChatTemplateError) -> [Statement] {
    let body = try body(until: ["end" + kind], of: "a block \(kind.quoted)")
    try endBlock()
    return body
  }

  /// Goes behind the word on which a body ended and the end of its block.
  private mutating func endBlock() throws(ChatTemplateError) {
    advance()
    try expect(.blockEnd)
  }

  private mutating func statement() throws(ChatTemplateError) -> Statement {
    let line = line
    let form: Statement.Form
    switch kind {
    case .text(let text):
      advance()
      form = .text(text)
    case .outputBegin:
      advance()
      form = .output(try expressionOrTuple())
      try expect(.outputEnd)
    default:
      try expect(.blockBegin)
      form = try block()
    }
    return Statement(line: line, form: form)
  }

  private mutating func block() throws(ChatTemplateError) -> Statement.Form {
    let word = try name()
    switch word {
    case "set": return try set()
    case "if": return try branches()
    case "for": return try loop()
    case "break", "continue":
      guard loops > 0 else { throw mistake("\(word.quoted) stands outside of a loop") }
      try expect(.blockEnd)
      return word == "break" ? .leaveLoop : .nextRound
    case "macro": return try macro()
    case "call": return try call()
    case "filter": return try filter()
    case "with": return try with()
    case "generation":
      try expect(.blockEnd)
      return .scope([], try wholeBody(of: word))
    case "include", "import", "from", "extends", "block", "do", "autoescape", "trans", "debug":
      throw ChatTemplateError(line: line, problem: .unsupported("a block \(word.quoted)"))
    default: throw mistake("a block cannot begin with \(word.quoted)")
    }
  }

  private mutating func set() throws(ChatTemplateError) -> Statement.Form {
    let target = try target(allowsMember: true)
    if skip(.assign) {
      let value = try expressionOrTuple()
      try expect(.blockEnd)
      return .set(target, value)
    }
    let filters = try filters()
    try expect(.blockEnd)
    return .setText(target, filters: filters, try wholeBody(of: "set"))
  }

  /// Filters one behind another, each after a bar.
  private mutating func filters() throws(ChatTemplateError) -> [Expression.Invocation] {
    var filters: [Expression.Invocation] = []
    while skip(.pipe) { filters.append(try invocation()) }
    return filters
  }

  /// Names that get the elements of a value, or a single one.
  private mutating func target(allowsMember: Bool) throws(ChatTemplateError) -> Statement.Target {
    var targets = [try singleTarget(allowsMember: allowsMember)]
    guard kind == .symbol(.comma) else { return targets[0] }
    while skip(.comma), !endsTargets {
      targets.append(try singleTarget(allowsMember: allowsMember))
    }
    return .targets(targets)
  }

  private var endsTargets: Bool {
    [.name("in"), .symbol(.assign), .symbol(.closeParenthesis), .blockEnd].contains(kind)
  }

  private mutating func singleTarget(
    allowsMember: Bool
  ) throws(ChatTemplateError) -> Statement.Target {
    if skip(.openParenthesis) {
      let target = try nested { parser throws(ChatTemplateError) in
        try parser.target(allowsMember: allowsMember)
      }
      try expect(.closeParenthesis)
      return target
    }
    let name = try name()
    guard !Self.constants.keys.contains(name) else { throw mistake("\(name.quoted) is a value") }
    if allowsMember, skip(.dot) { return .member(of: name, name: try self.name()) }
    return .name(name)
  }

  private mutating func branches() throws(ChatTemplateError) -> Statement.Form {
    var branches: [Statement.Branch] = []
    while true {
      let condition = try expressionOrTuple(allowsChoice: false)
      try expect(.blockEnd)
      let body = try body(until: ["elif", "else", "endif"], of: "a block \"if\"")
      branches.append(Statement.Branch(condition: condition, body: body))
      if skip(word: "elif") { continue }
      if skip(word: "else") {
        try expect(.blockEnd)
        return .branches(branches, otherwise: try wholeBody(of: "if"))
      }
      try endBlock()
      return .branches(branches, otherwise: [])
    }
  }

  private mutating func loop() throws(ChatTemplateError) -> Statement.Form {
    let target = try target(allowsMember: false)
    guard !target.names.contains("loop") else { throw mistake("\"loop\" cannot be set by a loop") }
    guard skip(word: "in") else { throw mistake("\"in\" is expected, not \(kind)") }
    let sequence = try expressionOrTuple(allowsChoice: false)
    let condition = skip(word: "if") ? try expression() : nil
    if kind == .name("recursive") {
      throw ChatTemplateError(line: line, problem: .unsupported("a recursive loop"))
    }
    try expect(.blockEnd)
    loops += 1
    let body = try body(until: ["else", "endfor"], of: "a block \"for\"")
    loops -= 1
    var otherwise: [Statement] = []
    if skip(word: "else") {
      try expect(.blockEnd)
      otherwise = try wholeBody(of: "for")
    } else {
      try endBlock()
    }
    return .loop(
      Statement.Loop(
        target: target, sequence: sequence, condition: condition, body: body, otherwise: otherwise))
  }

  /// A body that no loop around it reaches into.
  private mutating func bodyApart(of kind: String) throws(ChatTemplateError) -> [Statement] {
    let outer = loops
    loops = 0
    defer { loops = outer }
    return try wholeBody(of: kind)
  }

  private mutating func macro() throws(ChatTemplateError) -> Statement.Form {
    let name = try name()
    let parameters = try parameters()
    try expect(.blockEnd)
    let body = try bodyApart(of: "macro")
    return .macro(MacroDefinition(name: name, parameters: parameters, body: body))
  }

  private mutating func parameters() throws(ChatTemplateError) -> [MacroDefinition.Parameter] {
    var parameters: [MacroDefinition.Parameter] = []
    try expect(.openParenthesis)
    while kind != .symbol(.closeParenthesis) {
      if !parameters.isEmpty { try expect(.comma) }
      let name = try name()
      let standard = skip(.assign) ? try expression() : nil
      if standard == nil, parameters.last?.standard != nil {
        throw mistake("\(name.quoted) needs a default value, as the parameter before has one")
      }
      parameters.append(MacroDefinition.Parameter(name: name, standard: standard))
    }
    try expect(.closeParenthesis)
    return parameters
  }

  private mutating func call() throws(ChatTemplateError) -> Statement.Form {
    let parameters = kind == .symbol(.openParenthesis) ? try parameters() : []
    let call = try expression()
    guard case .call = call.form else { throw mistake("a block \"call\" needs a call") }
    try expect(.blockEnd)
    let body = try bodyApart(of: "call")
    return .call(
      call, caller: MacroDefinition(name: "caller", parameters: parameters, body: body))
  }

  private mutating func filter() throws(ChatTemplateError) -> Statement.Form {
    let filters = [try invocation()] + (try filters())
    try expect(.blockEnd)
    return .filter(filters, try wholeBody(of: "filter"))
  }

  private mutating func with() throws(ChatTemplateError) -> Statement.Form {
    var bindings: [Statement.Binding] = []
    while kind != .blockEnd {
      if !bindings.isEmpty { try expect(.comma) }
      let target = try singleTarget(allowsMember: false)
      try expect(.assign)
      bindings.append(Statement.Binding(target: target, value: try expression()))
    }
    try expect(.blockEnd)
    return .scope(bindings, try wholeBody(of: "with"))
  }
}
