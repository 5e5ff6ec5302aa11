import GGUF

/// The functions that every template can call.
enum Globals {
  /// What they are called.
  static let names: Set<String> = [
    "dict", "namespace", "raise_exception", "range", "strftime_now",
  ]

  /// What a function other than `namespace` returns.
  static func result(
    of name: String, _ arguments: Arguments, _ time: CalendarTime, _ budget: Budget
  ) throws(TemplateProblem) -> Value {
    switch name {
    case "dict": return .object(try Object(try members(arguments)))
    case "range": return try range(arguments, budget)
    case "strftime_now":
      guard let form = try arguments.bound(to: "format")[0].text("format") else {
        throw .evaluation("a date needs a format")
      }
      try budget.charge(form.utf8.count)
      return .string(try time.text(form))
    default:
      let message = try arguments.bound(to: "message")[0]?.text(budget)
      throw .raised(message ?? "without a message")
    }
  }

  /// The members that a call of `dict` or `namespace` lists.
  static func members(_ arguments: Arguments) throws(TemplateProblem) -> OrderedObject<Value> {
    var members = OrderedObject<Value>()
    if let source = arguments.positional.first {
      guard case .object(let object) = source, arguments.positional.count == 1 else {
        throw .unsupported("making members of \(source.kind)")
      }
      members = object.members
    }
    for argument in arguments.named { members[argument.name] = argument.value }
    return members
  }

  /// As many numbers as Jinja's sandbox allows.
  private static let rangeLimit = 100_000

  private static func range(
    _ arguments: Arguments, _ budget: Budget
  ) throws(TemplateProblem) -> Value {
    guard arguments.named.isEmpty, (1...3).contains(arguments.positional.count) else {
      throw .evaluation("a range has one to three numbers")
    }
    var bounds: [Int] = []
    for value in arguments.positional {
      guard let bound = value.integer else { throw .evaluation("\(value.kind) bounds a range") }
      bounds.append(bound)
    }
    if bounds.count == 1 { bounds.insert(0, at: 0) }
    let step = bounds.count == 3 ? bounds[2] : 1
    guard step != 0 else { throw .evaluation("the step of a range is zero") }
    let numbers = stride(from: bounds[0], to: bounds[1], by: step).prefix(rangeLimit + 1)
    var values: [Value] = []
    for number in numbers { values.append(.int(number)) }
    guard values.count <= rangeLimit else {
      throw .evaluation("a range has more than \(rangeLimit) numbers")
    }
    try budget.charge(values.count)
    return try .of(values)
  }
}
