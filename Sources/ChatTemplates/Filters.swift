import GGUF

/// The filters: what follows a bar.
enum Filters {
  /// What a filter makes of a value.
  static func result(of name: String, _ operands: Operands) throws(TemplateProblem) -> Value {
    guard let filter = table[name] else { throw .unsupported("the filter \(name.quoted)") }
    try operands.budget.charge(operands.value.size + operands.arguments.size)
    return try filter(operands)
  }

  private static let table: [String: Operation<Value>] = [
    "abs": absolute, "capitalize": capitalize, "count": length, "d": standard,
    "default": standard, "dictsort": membersSorted, "e": escape, "escape": escape,
    "first": first, "float": float, "indent": indent, "int": int, "items": items, "join": join,
    "last": last, "length": length, "list": list, "lower": lower, "map": map, "max": greatest,
    "min": least, "reject": reject, "rejectattr": rejectAttribute, "replace": replace,
    "reverse": reverse, "round": round, "safe": string, "select": select,
    "selectattr": selectAttribute, "sort": sort, "string": string, "sum": sum, "title": title,
    "tojson": json, "trim": trim, "unique": unique, "upper": upper,
  ]

  @Sendable private static func standard(_ operands: Operands) throws(TemplateProblem) -> Value {
    let arguments = try operands.arguments.bound(to: "default_value", "boolean")
    let isMissing =
      switch operands.value {
      case .undefined: true
      default: arguments[1].isTrue && !operands.value.isTrue
      }
    return isMissing ? arguments[0] ?? .string("") : operands.value
  }

  @Sendable private static func json(_ operands: Operands) throws(TemplateProblem) -> Value {
    let arguments = try operands.arguments.bound(
      to: "ensure_ascii", "indent", "separators", "sort_keys")
    var style = JSONWriter.Style()
    style.escapesNonASCII = arguments[0].isTrue
    style.sortsKeys = arguments[3].isTrue
    if case .string(let indent) = arguments[1] {
      style.indent = indent
    } else if let width = try arguments[1].integer("indent") {
      try operands.budget.charge(max(0, width))
      style.indent = String(repeating: " ", count: max(0, width))
    }
    if style.indent != nil { style.itemSeparator = "," }
    if case .list(let separators) = arguments[2], separators.items.count == 2 {
      style.itemSeparator = try separators.items[0].text(operands.budget)
      style.keySeparator = try separators.items[1].text(operands.budget)
    }
    return .string(try JSONWriter.text(of: operands.value, style: style, operands.budget))
  }
}
