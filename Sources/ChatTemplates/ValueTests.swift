import GGUF

/// The tests of values: what follows `is`.
enum ValueTests {
  /// Whether a test holds.
  static func result(of name: String, _ operands: Operands) throws(TemplateProblem) -> Bool {
    if let holds = plain[name] {
      try operands.expectNone()
      return holds(operands.value)
    }
    guard let test = comparing[name] else { throw .unsupported("the test \(name.quoted)") }
    return try test(operands)
  }

  /// The tests without arguments.
  private static let plain: [String: @Sendable (Value) -> Bool] = [
    "defined": { !isUndefined($0) },
    "undefined": isUndefined,
    "none": { if case .null = $0 { true } else { false } },
    "boolean": { if case .bool = $0 { true } else { false } },
    "true": { if case .bool(true) = $0 { true } else { false } },
    "false": { if case .bool(false) = $0 { true } else { false } },
    "string": { if case .string = $0 { true } else { false } },
    "number": { $0.number != nil },
    "integer": { if case .int = $0 { true } else { false } },
    "float": { if case .double = $0 { true } else { false } },
    "mapping": { if case .object = $0 { true } else { false } },
    "callable": { if case .function = $0 { true } else { false } },
    "iterable": { if case .loop = $0 { true } else { isSequence($0) } },
    "sequence": isSequence,
  ]

  @Sendable private static func isUndefined(_ value: Value) -> Bool {
    if case .undefined = value { true } else { false }
  }

  /// An undefined value counts as one without elements.
  @Sendable private static func isSequence(_ value: Value) -> Bool {
    switch value {
    case .undefined, .string, .list, .object: true
    default: false
    }
  }

  /// The other tests.
  private static let comparing: [String: Operation<Bool>] = [
    "eq": isEqual, "equalto": isEqual, "==": isEqual, "ne": isUnequal, "!=": isUnequal,
    "lt": isLess, "lessthan": isLess, "<": isLess, "le": isAtMost, "<=": isAtMost,
    "gt": isGreater, "greaterthan": isGreater, ">": isGreater, "ge": isAtLeast,
    ">=": isAtLeast, "in": isIn,
    "sameas": isSame, "odd": isOdd, "even": isEven, "divisibleby": isDivisible,
    "lower": isLower, "upper": isUpper,
  ]

  @Sendable private static func isEqual(_ operands: Operands) throws(TemplateProblem) -> Bool {
    try operands.value.equals(try operands.only(), operands.budget)
  }

  @Sendable private static func isUnequal(_ operands: Operands) throws(TemplateProblem) -> Bool {
    !(try isEqual(operands))
  }

  @Sendable private static func isLess(_ operands: Operands) throws(TemplateProblem) -> Bool {
    try operands.value.precedes(try operands.only(), operands.budget)
  }

  @Sendable private static func isGreater(_ operands: Operands) throws(TemplateProblem) -> Bool {
    try operands.only().precedes(operands.value, operands.budget)
  }

  @Sendable private static func isAtMost(_ operands: Operands) throws(TemplateProblem) -> Bool {
    try operands.value.isAtMost(try operands.only(), operands.budget)
  }

  @Sendable private static func isAtLeast(_ operands: Operands) throws(TemplateProblem) -> Bool {
    try operands.only().isAtMost(operands.value, operands.budget)
  }

  @Sendable private static func isIn(_ operands: Operands) throws(TemplateProblem) -> Bool {
    try operands.only().contains(operands.value, operands.budget)
  }

  /// Whether both are the same none or truth value. Python's answer for other values depends on how it keeps them.
  @Sendable private static func isSame(_ operands: Operands) throws(TemplateProblem) -> Bool {
    switch (operands.value, try operands.only()) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.null, _), (_, .null), (.bool, _), (_, .bool): false
    default: throw .unsupported("the test \"sameas\" of \(operands.value.kind)")
    }
  }

  @Sendable private static func isOdd(_ operands: Operands) throws(TemplateProblem) -> Bool {
    try operands.expectNone()
    return try remainder(operands.value, by: .int(2), operands.budget).number == .int(1)
  }

  @Sendable private static func isEven(_ operands: Operands) throws(TemplateProblem) -> Bool {
    try operands.expectNone()
    return try remainder(operands.value, by: .int(2), operands.budget).number == .int(0)
  }

  @Sendable private static func isDivisible(_ operands: Operands) throws(TemplateProblem) -> Bool {
    try remainder(operands.value, by: try operands.only(), operands.budget).number == .int(0)
  }

  private static func remainder(
    _ value: Value, by divisor: Value, _ budget: Budget
  ) throws(TemplateProblem) -> Value {
    try value.result(of: .remainder, with: divisor, budget)
  }

  @Sendable private static func isLower(_ operands: Operands) throws(TemplateProblem) -> Bool {
    try operands.expectNone()
    return try operands.text().isCased(as: \.lower)
  }

  @Sendable private static func isUpper(_ operands: Operands) throws(TemplateProblem) -> Bool {
    try operands.expectNone()
    return try operands.text().isCased(as: \.upper)
  }
}

extension Value {
  /// Whether the value comes before the other one or equals it.
  func isAtMost(_ other: Value, _ budget: Budget) throws(TemplateProblem) -> Bool {
    if try precedes(other, budget) { return true }
    return try equals(other, budget)
  }
}
