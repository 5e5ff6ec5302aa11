/// A number of either kind. Operations on two integers stay integers, as in Python.
enum Number {
  case int(Int)
  case double(Double)

  var double: Double {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    }
  }

  var value: Value {
    switch self {
    case .int(let value): .int(value)
    case .double(let value): .double(value)
    }
  }

  var magnitude: Number {
    get throws(TemplateProblem) {
      guard case .int(let value) = self else { return .double(double.magnitude) }
      return .int(
        try Self.checked(value < 0 ? (0).subtractingReportingOverflow(value) : (value, false)))
    }
  }

  /// The result of an operation that says whether it overflows.
  static func checked(
    _ result: (partialValue: Int, overflow: Bool)
  ) throws(TemplateProblem) -> Int {
    guard !result.overflow else { throw .evaluation("a number exceeds 64 bits") }
    return result.partialValue
  }

  func result(
    of operation: Expression.Operation, with other: Number
  ) throws(TemplateProblem) -> Number {
    if case .int(let left) = self, case .int(let right) = other, operation != .divide {
      return try Self.result(of: operation, left, right)
    }
    return .double(try Self.result(of: operation, double, other.double))
  }

  private static func result(
    of operation: Expression.Operation, _ left: Int, _ right: Int
  ) throws(TemplateProblem) -> Number {
    switch operation {
    case .add: return .int(try checked(left.addingReportingOverflow(right)))
    case .subtract: return .int(try checked(left.subtractingReportingOverflow(right)))
    case .multiply: return .int(try checked(left.multipliedReportingOverflow(by: right)))
    case .power where right >= 0: return .int(try power(left, right))
    case .floorDivide:
      guard right != 0 else { throw .evaluation("a number is divided by zero") }
      let quotient = try checked(left.dividedReportingOverflow(by: right))
      return .int(left % right != 0 && (left < 0) != (right < 0) ? quotient - 1 : quotient)
    case .remainder:
      guard right != 0 else { throw .evaluation("a number is divided by zero") }
      let remainder = left.remainderReportingOverflow(dividingBy: right).partialValue
      return .int(remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder)
    case .divide, .power: return .double(try result(of: operation, Double(left), Double(right)))
    }
  }

  private static func result(
    of operation: Expression.Operation, _ left: Double, _ right: Double
  ) throws(TemplateProblem) -> Double {
    switch operation {
    case .add: return left + right
    case .subtract: return left - right
    case .multiply: return left * right
    case .power: throw .unsupported("a power with a fraction")
    case .divide, .floorDivide, .remainder:
      guard right != 0 else { throw .evaluation("a number is divided by zero") }
      if operation == .divide { return left / right }
      let remainder = left.truncatingRemainder(dividingBy: right)
      let isCrossing = remainder != 0 && (remainder < 0) != (right < 0)
      if operation == .remainder { return isCrossing ? remainder + right : remainder }
      return ((left - remainder) / right).rounded() - (isCrossing ? 1 : 0)
    }
  }

  private static func power(_ base: Int, _ exponent: Int) throws(TemplateProblem) -> Int {
    if base == 0 || base == 1 { return exponent == 0 ? 1 : base }
    if base == -1 { return exponent % 2 == 0 ? 1 : -1 }
    guard exponent < Int.bitWidth else { throw .evaluation("a number exceeds 64 bits") }
    var result = 1
    for _ in 0..<exponent { result = try checked(result.multipliedReportingOverflow(by: base)) }
    return result
  }
}

extension Number: Equatable {
  static func == (left: Number, right: Number) -> Bool {
    guard case .int(let left) = left, case .int(let right) = right else {
      return left.double == right.double
    }
    return left == right
  }
}

extension Number: Comparable {
  static func < (left: Number, right: Number) -> Bool {
    guard case .int(let left) = left, case .int(let right) = right else {
      return left.double < right.double
    }
    return left < right
  }
}

extension Value {
  /// The value as a number; nil for what is none. Truth values are 0 and 1.
  var number: Number? {
    switch self {
    case .bool(let value): .int(value ? 1 : 0)
    case .int(let value): .int(value)
    case .double(let value): .double(value)
    default: nil
    }
  }

  /// The value as an integer; nil for what is none.
  var integer: Int? {
    guard case .int(let value) = number else { return nil }
    return value
  }

  /// What an operation makes of two values.
  func result(
    of operation: Expression.Operation, with other: Value, _ budget: Budget
  ) throws(TemplateProblem) -> Value {
    if let left = number, let right = other.number {
      return try left.result(of: operation, with: right).value
    }
    switch (operation, self, other) {
    case (.add, .string(let left), .string(let right)):
      try budget.charge(left.utf8.count + right.utf8.count)
      return .string(left + right)
    case (.add, .list(let left), .list(let right)) where left.isTuple == right.isTuple:
      try budget.charge(left.items.count + right.items.count)
      return .list(try List(left.items + right.items, isTuple: left.isTuple))
    case (.multiply, .string, _), (.multiply, .list, _):
      if let count = other.integer { return try repeated(count, budget) }
    case (.multiply, _, .string), (.multiply, _, .list):
      if let count = integer { return try other.repeated(count, budget) }
    case (.remainder, .string, _): throw .unsupported("a string with percent signs for values")
    default: break
    }
    throw .evaluation("\(kind) and \(other.kind) do not suit the operation")
  }

  private func repeated(_ count: Int, _ budget: Budget) throws(TemplateProblem) -> Value {
    let count = max(0, count)
    try budget.charge(count, times: size)
    switch self {
    case .string(let text):
      return .string(text.isEmpty ? "" : String(repeating: text, count: count))
    case .list(let list):
      let items = list.items.isEmpty ? [] : Array(repeatElement(list.items, count: count).joined())
      return .list(try List(items, isTuple: list.isTuple))
    default: return self
    }
  }
}
