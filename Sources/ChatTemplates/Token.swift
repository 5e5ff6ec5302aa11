import GGUF

/// The smallest part of a template that means something.
struct Token {
  /// The line on which it begins.
  let line: Int
  let kind: Kind

  enum Kind: Equatable {
    /// Text outside of tags, as it is to be printed.
    case text(String)
    /// `{%`, `%}`, `{{` and `}}`.
    case blockBegin, blockEnd, outputBegin, outputEnd
    case name(String)
    case string(String)
    case int(Int)
    case double(Double)
    case symbol(Symbol)
    /// Behind the last one.
    case end
  }

  /// What stands between names and values within tags.
  enum Symbol: String, CaseIterable {
    case power = "**"
    case floorDivide = "//"
    case equal = "=="
    case notEqual = "!="
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case less = "<"
    case greater = ">"
    case assign = "="
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divide = "/"
    case remainder = "%"
    case tilde = "~"
    case pipe = "|"
    case dot = "."
    case comma = ","
    case colon = ":"
    case openParenthesis = "("
    case closeParenthesis = ")"
    case openBracket = "["
    case closeBracket = "]"
    case openBrace = "{"
    case closeBrace = "}"

    /// The symbol that this one, which opens, needs to be closed by.
    var closing: Symbol? {
      switch self {
      case .openParenthesis: .closeParenthesis
      case .openBracket: .closeBracket
      case .openBrace: .closeBrace
      default: nil
      }
    }

    var closes: Bool {
      self == .closeParenthesis || self == .closeBracket || self == .closeBrace
    }
  }
}

extension Token.Kind: CustomStringConvertible {
  var description: String {
    switch self {
    case .text: "a text"
    case .blockBegin: "{%"
    case .blockEnd: "%}"
    case .outputBegin: "{{"
    case .outputEnd: "}}"
    case .name(let name): name.quoted
    case .string: "a string"
    case .int, .double: "a number"
    case .symbol(let symbol): symbol.rawValue
    case .end: "the end of the template"
    }
  }
}
