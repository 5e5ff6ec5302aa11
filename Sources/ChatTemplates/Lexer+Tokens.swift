import GGUF

/// What stands within tags.
extension Lexer {
  /// Reads tokens up to the end of the tag, and goes behind it.
  mutating func readTokens(until close: String) throws(ChatTemplateError) {
    let begin = line
    var open: [Token.Symbol] = []
    while true {
      skipSpace()
      // Within braces, two closing ones are no end.
      if open.isEmpty, skipTagEnd(close) { return }
      guard let scalar = scalar() else { throw mistake("a tag does not end", line: begin) }
      if scalar.isDigit {
        try readNumber()
      } else if scalar.isNameBegin {
        readName()
      } else if scalar == "'" || scalar == "\"" {
        try readString(quote: scalar)
      } else {
        try readSymbol(&open)
      }
    }
  }

  private mutating func readSymbol(_ open: inout [Token.Symbol]) throws(ChatTemplateError) {
    guard let symbol = Token.Symbol.allCases.first(where: { stands($0.rawValue) }) else {
      let character = scalar().map { String($0).quoted } ?? "the end"
      throw mistake("\(character) has no meaning here")
    }
    if let closing = symbol.closing { open.append(closing) }
    if symbol.closes, open.popLast() != symbol {
      throw mistake("\(symbol.rawValue) closes nothing")
    }
    add(.symbol(symbol))
    advance(by: symbol.rawValue.utf8.count)
  }

  private mutating func readName() {
    let name = source[position...].prefix { $0.isNameBegin || $0.properties.isXIDContinue }
    add(.name(String(name)))
    position += name.count
  }

  private mutating func readNumber() throws(ChatTemplateError) {
    // The number behind a dot is an index.
    let isIndex = position > 0 && source[position - 1] == "."
    let start = position
    skipDigits()
    var isInteger = true
    if !isIndex {
      if scalar() == ".", scalar(after: 1)?.isDigit == true {
        isInteger = false
        position += 1
        skipDigits()
      }
      if scalar() == "e" || scalar() == "E" {
        let isSigned = scalar(after: 1) == "-" || scalar(after: 1) == "+"
        if scalar(after: isSigned ? 2 : 1)?.isDigit == true {
          isInteger = false
          position += isSigned ? 2 : 1
          skipDigits()
        }
      }
    }
    let text = String(source[start..<position].filter { $0 != "_" })
    if isInteger {
      guard text == "0" || !text.hasPrefix("0") else { throw mistake("a number begins with zero") }
      guard let value = Int(text) else { throw mistake("a number is too large") }
      add(.int(value))
    } else {
      guard let value = Double(text) else { throw mistake("a number is malformed") }
      add(.double(value))
    }
  }

  private mutating func skipDigits() {
    while let scalar = scalar(), scalar.isDigit || scalar == "_" { position += 1 }
  }

  private mutating func readString(quote: Unicode.Scalar) throws(ChatTemplateError) {
    let begin = line
    var text = String.UnicodeScalarView()
    advance(by: 1)
    while let scalar = scalar() {
      if scalar == quote {
        tokens.append(Token(line: begin, kind: .string(String(text))))
        advance(by: 1)
        return
      }
      if scalar == "\\" {
        text.append(contentsOf: try readEscape())
      } else {
        text.append(scalar)
        advance(by: 1)
      }
    }
    throw mistake("a string does not end", line: begin)
  }

  /// What an escape stands for. One that is not known stands for itself.
  private mutating func readEscape() throws(ChatTemplateError) -> [Unicode.Scalar] {
    advance(by: 1)
    guard let scalar = scalar() else { return [] }
    if scalar.isOctalDigit { return [try readCode(lengths: 1...3, radix: 8)] }
    advance(by: 1)
    switch scalar {
    case "\n": return []
    case "\\", "'", "\"": return [scalar]
    case "a": return ["\u{7}"]
    case "b": return ["\u{8}"]
    case "f": return ["\u{C}"]
    case "n": return ["\n"]
    case "r": return ["\r"]
    case "t": return ["\t"]
    case "v": return ["\u{B}"]
    case "x": return [try readCode(lengths: 2...2, radix: 16)]
    case "u": return [try readCode(lengths: 4...4, radix: 16)]
    case "U": return [try readCode(lengths: 8...8, radix: 16)]
    case "N": throw ChatTemplateError(line: line, problem: .unsupported("a character by name"))
    default: return ["\\", scalar]
    }
  }

  private mutating func readCode(
    lengths: ClosedRange<Int>, radix: Int
  ) throws(ChatTemplateError) -> Unicode.Scalar {
    let digits = source[position...].prefix(lengths.upperBound).prefix {
      radix == 8 ? $0.isOctalDigit : $0.properties.isASCIIHexDigit
    }
    guard lengths.contains(digits.count), let code = UInt32(String(digits), radix: radix),
      let scalar = Unicode.Scalar(code)
    else { throw mistake("an escape stands for no character") }
    position += digits.count
    return scalar
  }
}

extension Unicode.Scalar {
  fileprivate var isOctalDigit: Bool { ("0"..."7").contains(self) }

  fileprivate var isNameBegin: Bool { self == "_" || properties.isXIDStart }
}
