import GGUF

/// What a call hands over, as values.
struct Arguments {
  var positional: [Value] = []
  var named: [(name: String, value: Value)] = []

  /// How much work it is to go through the values once.
  var size: Int { positional.reduce(0) { $0 + $1.size } + named.reduce(0) { $0 + $1.value.size } }

  /// The values for some parameters in order; nil for one that gets none.
  ///
  /// - Throws: a value without a parameter, or a second one for a parameter.
  func bound(to names: String...) throws(TemplateProblem) -> [Value?] {
    try bound(to: names)
  }

  /// The values for some parameters in order; nil for one that gets none.
  ///
  /// - Throws: a value without a parameter, or a second one for a parameter.
  func bound(to names: [String]) throws(TemplateProblem) -> [Value?] {
    guard positional.count <= names.count else {
      throw .evaluation("\(positional.count) arguments stand where \(names.count) may")
    }
    var values = [Value?](repeating: nil, count: names.count)
    for (index, value) in positional.enumerated() { values[index] = value }
    for argument in named {
      guard let index = names.firstIndex(of: argument.name) else {
        throw .evaluation("there is no argument \(argument.name.quoted)")
      }
      guard values[index] == nil else {
        throw .evaluation("the argument \(argument.name.quoted) comes twice")
      }
      values[index] = argument.value
    }
    return values
  }
}

extension Value? {
  /// The text of an argument; nil for one that is left out or none.
  ///
  /// - Throws: a value of another kind.
  func text(_ name: String) throws(TemplateProblem) -> String? {
    switch self {
    case nil, .null?: return nil
    case .string(let text)?: return text
    case let value?: throw .evaluation("\(value.kind) stands for the \(name)")
    }
  }

  /// The integer of an argument; nil for one that is left out or none.
  ///
  /// - Throws: a value of another kind.
  func integer(_ name: String) throws(TemplateProblem) -> Int? {
    switch self {
    case nil, .null?: return nil
    case let value?:
      guard let integer = value.integer else {
        throw .evaluation("\(value.kind) stands for the \(name)")
      }
      return integer
    }
  }

  /// Whether an argument is given and true.
  var isTrue: Bool { self?.isTrue ?? false }
}

/// A value that a filter, a test or a method works on, and the arguments.
struct Operands {
  let value: Value
  let arguments: Arguments
  let budget: Budget

  /// The text that printing the value makes.
  func text() throws(TemplateProblem) -> String { try value.text(budget) }

  /// - Throws: arguments.
  func expectNone() throws(TemplateProblem) { _ = try arguments.bound(to: []) }

  /// The one argument.
  ///
  /// - Throws: none or several.
  func only() throws(TemplateProblem) -> Value {
    guard arguments.named.isEmpty, arguments.positional.count == 1 else {
      throw .evaluation("one argument is expected, not \(arguments.positional.count)")
    }
    return arguments.positional[0]
  }
}

/// Work on a value with arguments.
typealias Operation<Result> = @Sendable (Operands) throws(TemplateProblem) -> Result
