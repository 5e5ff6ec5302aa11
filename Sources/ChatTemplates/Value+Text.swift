import GGUF

/// What values look like where they are printed: as in Python.
extension Value {
  /// The text that printing makes.
  func text(_ budget: Budget) throws(TemplateProblem) -> String {
    switch self {
    case .undefined: return ""
    case .string(let text): return text
    default:
      var text = ""
      try writeLiteral(to: &text, budget)
      return text
    }
  }

  /// Appends the value as Python's source has it.
  private func writeLiteral(to text: inout String, _ budget: Budget) throws(TemplateProblem) {
    try budget.charge(size)
    switch self {
    case .undefined: text += "Undefined"
    case .null: text += "None"
    case .bool(let value): text += value ? "True" : "False"
    case .int(let value): text += String(value)
    case .double(let value): text += value.pythonText
    case .string(let value): text += value.pythonLiteral
    case .list(let list):
      text += list.isTuple ? "(" : "["
      for (index, item) in list.items.enumerated() {
        if index > 0 { text += ", " }
        try item.writeLiteral(to: &text, budget)
      }
      if list.isTuple, list.items.count == 1 { text += "," }
      text += list.isTuple ? ")" : "]"
    case .object(let object):
      text += "{"
      for (index, member) in object.members.members.enumerated() {
        if index > 0 { text += ", " }
        text += member.key.pythonLiteral + ": "
        try budget.charge(member.key.utf8.count)
        try member.value.writeLiteral(to: &text, budget)
      }
      text += "}"
    case .namespace, .loop, .function: throw .evaluation("\(kind) cannot be printed")
    }
  }
}

extension Double {
  /// The shortest digits that give the number, as Python writes them.
  var pythonText: String {
    guard isFinite else { return isNaN ? "nan" : self < 0 ? "-inf" : "inf" }
    let (digits, point) = decimal
    let sign = sign == .minus ? "-" : ""
    if point > 16 || point < -3 {
      let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
      let exponent = String(abs(point - 1))
      let padding = exponent.count < 2 ? "0" : ""
      return "\(sign)\(digits.prefix(1))\(fraction)e\(point < 1 ? "-" : "+")\(padding)\(exponent)"
    }
    if point <= 0 { return "\(sign)0.\(String(repeating: "0", count: -point))\(digits)" }
    let whole = digits.prefix(point)
    let zeros = String(repeating: "0", count: point - whole.count)
    let fraction = digits.dropFirst(point)
    return "\(sign)\(whole)\(zeros).\(fraction.isEmpty ? "0" : fraction)"
  }

  /// The digits without zeros at the ends, and the place of the decimal point in them.
  private var decimal: (digits: String, point: Int) {
    let parts = magnitude.description.split(separator: "e")
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let all = mantissa.joined()
    let significant = all.drop { $0 == "0" }
    guard !significant.isEmpty else { return ("0", 1) }
    let point = mantissa[0].count + exponent - (all.count - significant.count)
    let end = significant.lastIndex { $0 != "0" } ?? significant.startIndex
    return (String(significant[...end]), point)
  }
}

extension String {
  /// The text as a string of Python's source.
  fileprivate var pythonLiteral: String {
    let isDoubleQuoted = unicodeScalars.contains("'") && !unicodeScalars.contains("\"")
    let quote: Unicode.Scalar = isDoubleQuoted ? "\"" : "'"
    var literal = String(quote)
    for scalar in unicodeScalars {
      switch scalar {
      case quote, "\\": literal += "\\\(scalar)"
      case "\n": literal += "\\n"
      case "\r": literal += "\\r"
      case "\t": literal += "\\t"
      default:
        if scalar.isPrintable {
          literal.unicodeScalars.append(scalar)
        } else if scalar.value <= 0xFF {
          literal += "\\x" + scalar.value.hexadecimal(width: 2)
        } else if scalar.value <= 0xFFFF {
          literal += "\\u" + scalar.value.hexadecimal(width: 4)
        } else {
          literal += "\\U" + scalar.value.hexadecimal(width: 8)
        }
      }
    }
    literal.unicodeScalars.append(quote)
    return literal
  }
}

extension Unicode.Scalar {
  /// Whether Python prints it in literals as it is.
  fileprivate var isPrintable: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    case .spaceSeparator: self == " "
    default: true
    }
  }
}

extension UInt32 {
  /// The number in small hexadecimal digits, with zeros before.
  func hexadecimal(width: Int) -> String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
  }
}
