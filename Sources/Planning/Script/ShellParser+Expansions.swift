/// What a dollar sign or a backquote begins.
extension ShellParser {
  /// What is expanded here; nil where the sign stands for itself.
  mutating func dollar(isQuoted: Bool) throws(RecipeError) -> [ShellWord.Part]? {
    let line = input.line
    if input.peek == UInt8(ascii: "`") { return [try backquoted(isQuoted: isQuoted)] }
    if input.begins(with: "$((") {
      return [.untold(try arithmetic(), isQuoted: isQuoted, line: line)]
    }
    if input.take("$(") {
      let node = try nested { parser throws(RecipeError) in try parser.parseSubstitution() }
      return [.substitution(node, isQuoted: isQuoted, line: line)]
    }
    if input.take("${") {
      return [
        try nested { parser throws(RecipeError) in
          try parser.braced(isQuoted: isQuoted, line: line)
        }
      ]
    }
    if !isQuoted, input.take("$'") { return [try escapedQuoted()] }
    if !isQuoted, input.begins(with: "$\"") {
      input.take()
      return try doubleQuoted()
    }
    guard let next = input.peek(1) else { return nil }
    var name = ""
    if ByteSet("@*#?$!-").contains(next) || ByteSet.digits.contains(next) {
      input.take()
      name = String(decoding: [input.take()], as: UTF8.self)
    } else if ByteSet.words.contains(next) {
      input.take()
      name = input.take(while: .words)
    } else {
      return nil
    }
    let parameter = ShellParameter(name: name, isWhole: name == "@" || name == "*")
    return [.parameter(parameter, isQuoted: isQuoted, line: line)]
  }

  /// What follows `${`.
  private mutating func braced(isQuoted: Bool, line: Int) throws(RecipeError) -> ShellWord.Part {
    let start = input
    func untold(_ parser: inout ShellParser) throws(RecipeError) -> ShellWord.Part {
      parser.input = start
      _ = try parser.word(until: ByteSet("}"), isInBraces: true)
      guard parser.input.take("}") else { throw RecipeError(line: line, problem: .unclosedBrace) }
      let text = String(
        decoding: start.bytes[start.position..<parser.input.position], as: UTF8.self)
      return .untold("${" + text, isQuoted: isQuoted, line: line)
    }
    var name = input.take(while: .words)
    if name.isEmpty, let byte = input.peek, ByteSet("@*").contains(byte) {
      name = String(decoding: [input.take()], as: UTF8.self)
    }
    guard !name.isEmpty else { return try untold(&self) }
    var parameter = ShellParameter(name: name, isWhole: name == "@" || name == "*")
    if input.take("[@]") || input.take("[*]") {
      parameter.isWhole = true
    } else if input.peek == UInt8(ascii: "[") {
      return try untold(&self)
    }
    guard let operation = try operation() else { return try untold(&self) }
    parameter.operation = operation
    guard input.take("}") else {
      if input.isAtEnd { throw RecipeError(line: line, problem: .unclosedBrace) }
      return try untold(&self)
    }
    return .parameter(parameter, isQuoted: isQuoted, line: line)
  }

  /// What is done with the value of `${name…}`; nil where that is nothing that is followed here.
  private mutating func operation() throws(RecipeError) -> ShellParameter.Operation? {
    guard let byte = input.peek, byte != UInt8(ascii: "}") else {
      return ShellParameter.Operation.none
    }
    for (sign, evenIfEmpty) in [(":-", true), (":=", true), ("-", false), ("=", false)]
      as [(StaticString, Bool)] where input.take(sign)
    {
      return .byDefault(try operand("}"), evenIfEmpty: evenIfEmpty)
    }
    if input.take(":+") { return .instead(try operand("}"), evenIfEmpty: false) }
    if input.take("+") { return .instead(try operand("}"), evenIfEmpty: true) }
    for (sign, atStart, longest) in [
      ("##", true, true), ("#", true, false), ("%%", false, true), ("%", false, false),
    ] as [(StaticString, Bool, Bool)] where input.take(sign) {
      return .without(try operand("}"), atStart: atStart, longest: longest)
    }
    guard input.take("/") else { return nil }
    let all = input.take("/")
    let pattern = try operand("/}")
    let text = input.take("/") ? try operand("}") : ShellWord(line: input.line)
    return .replacing(pattern, with: text, all: all)
  }

  private mutating func operand(_ ends: StaticString) throws(RecipeError) -> ShellWord {
    let line = input.line
    return try nested { parser throws(RecipeError) in
      try parser.word(until: ByteSet(ends), isInBraces: true)
    } ?? ShellWord(line: line)
  }

  /// `$(( … ))`, as the script writes it.
  private mutating func arithmetic() throws(RecipeError) -> String {
    let start = (position: input.position, line: input.line)
    var open = 0
    while let byte = input.peek {
      input.take()
      if byte == UInt8(ascii: "(") { open += 1 }
      if byte == UInt8(ascii: ")") {
        open -= 1
        if open == 0 {
          return String(decoding: input.bytes[start.position..<input.position], as: UTF8.self)
        }
      }
    }
    throw RecipeError(line: start.line, problem: .unclosedParenthesis)
  }

  private mutating func backquoted(isQuoted: Bool) throws(RecipeError) -> ShellWord.Part {
    let line = input.line
    input.take()
    var inner: [UInt8] = []
    while let byte = input.peek {
      input.take()
      if byte == UInt8(ascii: "`") {
        var parser = ShellParser(inner, firstLine: line, depth: depth + 1)
        let node = try nested { outer throws(RecipeError) in try parser.parse() }
        return .substitution(node, isQuoted: isQuoted, line: line)
      }
      if byte == UInt8(ascii: "\\"), let next = input.peek, ByteSet("$`\\").contains(next) {
        inner.append(input.take())
      } else {
        inner.append(byte)
      }
    }
    throw RecipeError(line: line, problem: .unclosedQuote)
  }
}
