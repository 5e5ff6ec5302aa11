/// Filters of texts.
extension Filters {
  @Sendable static func upper(_ operands: Operands) throws(TemplateProblem) -> Value {
    try operands.expectNone()
    return .string(try operands.text().upper)
  }

  @Sendable static func lower(_ operands: Operands) throws(TemplateProblem) -> Value {
    try operands.expectNone()
    return .string(try operands.text().lower)
  }

  @Sendable static func capitalize(_ operands: Operands) throws(TemplateProblem) -> Value {
    try operands.expectNone()
    return .string(try operands.text().capitalized)
  }

  /// Begins the words with capitals; unlike Python's method, it does so behind space and brackets alone.
  @Sendable static func title(_ operands: Operands) throws(TemplateProblem) -> Value {
    try operands.expectNone()
    var title = ""
    var isInWord = false
    for scalar in try operands.text().unicodeScalars {
      let properties = scalar.properties
      title += isInWord ? properties.lowercaseMapping : properties.uppercaseMapping
      isInWord = !(scalar.isSpace || "-({[<".unicodeScalars.contains(scalar))
    }
    return .string(title)
  }

  /// Texts are printed as they are, so that those which are safe differ in nothing.
  @Sendable static func string(_ operands: Operands) throws(TemplateProblem) -> Value {
    try operands.expectNone()
    return .string(try operands.text())
  }

  @Sendable static func trim(_ operands: Operands) throws(TemplateProblem) -> Value {
    let characters = try operands.arguments.bound(to: "chars")[0].text("characters to trim")
    return .string(try operands.text().scalars.trimmed(of: characters?.scalars))
  }

  @Sendable static func escape(_ operands: Operands) throws(TemplateProblem) -> Value {
    try operands.expectNone()
    let text = try operands.text()
    return .string(
      text.unicodeScalars.reduce(into: "") { escaped, scalar in
        switch scalar {
        case "&": escaped += "&amp;"
        case "<": escaped += "&lt;"
        case ">": escaped += "&gt;"
        case "'": escaped += "&#39;"
        case "\"": escaped += "&#34;"
        default: escaped.unicodeScalars.append(scalar)
        }
      })
  }

  @Sendable static func replace(_ operands: Operands) throws(TemplateProblem) -> Value {
    let arguments = try operands.arguments.bound(to: "old", "new", "count")
    guard let old = arguments[0], let new = arguments[1] else {
      throw .evaluation("the filter \"replace\" needs two arguments")
    }
    let (text, budget) = (try operands.text(), operands.budget)
    return .string(
      try StringMethods.replacing(
        try old.text(budget), in: text, with: try new.text(budget),
        limit: try arguments[2].integer("count"), budget))
  }

  @Sendable static func indent(_ operands: Operands) throws(TemplateProblem) -> Value {
    let arguments = try operands.arguments.bound(to: "width", "first", "blank")
    let indent: [Unicode.Scalar]
    if case .string(let text) = arguments[0] {
      indent = text.scalars
    } else {
      let width = try arguments[0].integer("width") ?? 4
      try operands.budget.charge(max(0, width))
      indent = Array(repeating: " ", count: max(0, width))
    }
    guard case .string(let text) = operands.value else {
      throw .evaluation("\(operands.value.kind) cannot be indented")
    }
    let lines = (text.scalars + ["\n"]).lines()
    try operands.budget.charge(lines.count, times: indent.count)
    var indented: [Unicode.Scalar] = []
    for (index, line) in lines.enumerated() {
      if index > 0 { indented.append("\n") }
      let isIndented = index == 0 ? arguments[1].isTrue : !line.isEmpty || arguments[2].isTrue
      if isIndented { indented += indent }
      indented += line
    }
    return .string(indented)
  }
}
