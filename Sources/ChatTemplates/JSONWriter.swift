import GGUF

/// Writes values as JSON in the form of Python's `json.dumps`.
struct JSONWriter {
  /// How a document looks.
  struct Style {
    /// What a level stands further in; nil for all on one line.
    var indent: String?
    var itemSeparator = ", "
    var keySeparator = ": "
    var escapesNonASCII = false
    var sortsKeys = false
  }

  private let style: Style
  private let budget: Budget
  private var text = ""

  /// The document of a value.
  static func text(
    of value: Value, style: Style, _ budget: Budget
  ) throws(TemplateProblem) -> String {
    var writer = JSONWriter(style: style, budget: budget)
    try writer.write(value, level: 0)
    return writer.text
  }

  private init(style: Style, budget: Budget) {
    self.style = style
    self.budget = budget
  }

  private mutating func write(_ value: Value, level: Int) throws(TemplateProblem) {
    try budget.charge(value.size)
    switch value {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .int(let value): text += String(value)
    case .double(let value): text += Self.number(value)
    case .string(let value): write(value)
    case .list(let list):
      try write(list.items, between: ("[", "]"), level: level) {
        writer, item, level throws(TemplateProblem) in
        try writer.write(item, level: level)
      }
    case .object(let object):
      try write(ordered(object.members.members), between: ("{", "}"), level: level) {
        writer, member, level throws(TemplateProblem) in
        try writer.budget.charge(member.key.utf8.count)
        writer.write(member.key)
        writer.text += writer.style.keySeparator
        try writer.write(member.value, level: level)
      }
    case .undefined, .namespace, .loop, .function:
      throw .evaluation("\(value.kind) has no form in JSON")
    }
  }

  private func ordered(_ members: [(key: String, value: Value)]) -> [(key: String, value: Value)] {
    guard style.sortsKeys else { return members }
    return members.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
  }

  /// Writes parts with brackets around, and commas and line ends between.
  private mutating func write<Part>(
    _ parts: [Part], between brackets: (begin: String, end: String), level: Int,
    part write: (inout JSONWriter, Part, Int) throws(TemplateProblem) -> Void
  ) throws(TemplateProblem) {
    text += brackets.begin
    for (index, part) in parts.enumerated() {
      if index > 0 { text += style.itemSeparator }
      try breakLine(level: level + 1)
      try write(&self, part, level + 1)
    }
    if !parts.isEmpty { try breakLine(level: level) }
    text += brackets.end
  }

  private mutating func breakLine(level: Int) throws(TemplateProblem) {
    guard let indent = style.indent else { return }
    try budget.charge(level, times: indent.utf8.count)
    text += "\n" + String(repeating: indent, count: level)
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return value.pythonText
  }

  private mutating func write(_ string: String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{8}": text += "\\b"
      case "\u{C}": text += "\\f"
      default:
        if scalar.value < 0x20 || (style.escapesNonASCII && scalar.value > 0x7E) {
          for unit in String(scalar).utf16 { text += "\\u" + UInt32(unit).hexadecimal(width: 4) }
        } else {
          text.unicodeScalars.append(scalar)
        }
      }
    }
    text += "\""
  }
}
