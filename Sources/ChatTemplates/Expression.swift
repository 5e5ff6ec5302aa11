import GGUF

/// A part of a template that has a value.
struct Expression: Sendable {
  /// The line on which it begins.
  let line: Int
  let form: Form
  /// How many levels of expressions it has.
  let depth: Int

  /// - Throws: too many levels.
  init(_ form: Form, line: Int) throws(ChatTemplateError) {
    self.form = form
    self.line = line
    depth = 1 + (form.parts.map(\.depth).max() ?? 0)
    guard depth <= Self.depthLimit else { throw ChatTemplateError(line: line, problem: .tooDeep) }
  }

  private static let depthLimit = 48

  indirect enum Form: Sendable {
    case literal(JSONValue)
    case name(String)
    case list([Expression])
    case tuple([Expression])
    case object([Member])
    case not(Expression)
    case minus(Expression)
    case plus(Expression)
    /// The last of the values, or the first that is false.
    case all([Expression])
    /// The last of the values, or the first that is true.
    case any([Expression])
    /// Whether each comparison holds between its operand and the one before.
    case comparison(Expression, [Comparison])
    /// From left to right.
    case arithmetic(Expression, [Step])
    /// The texts of the values as one.
    case concatenation([Expression])
    case choice(condition: Expression, value: Expression, otherwise: Expression?)
    case attribute(Expression, String)
    case element(Expression, at: Expression)
    case slice(Expression, start: Expression?, stop: Expression?, step: Expression?)
    case call(Expression, ArgumentList)
    case filter(Expression, Invocation)
    case test(Expression, Invocation)
  }

  struct Member: Sendable {
    let key: Expression
    let value: Expression
  }

  struct Comparison: Sendable {
    let comparator: Comparator
    let operand: Expression
  }

  enum Comparator: Sendable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, isIn, isNotIn
  }

  struct Step: Sendable {
    let operation: Operation
    let operand: Expression
  }

  enum Operation: Sendable {
    case add, subtract, multiply, divide, floorDivide, remainder, power
  }

  /// What a call hands over.
  struct ArgumentList: Sendable {
    var positional: [Expression] = []
    var named: [(name: String, value: Expression)] = []

    var parts: [Expression] { positional + named.map(\.value) }
  }

  /// A filter or a test with its arguments.
  struct Invocation: Sendable {
    let line: Int
    let name: String
    let arguments: ArgumentList
  }
}

extension Expression.Form {
  /// The expressions that this one consists of.
  fileprivate var parts: [Expression] {
    switch self {
    case .literal, .name: []
    case .list(let parts), .tuple(let parts), .all(let parts), .any(let parts),
      .concatenation(let parts):
      parts
    case .object(let members): members.flatMap { [$0.key, $0.value] }
    case .not(let part), .minus(let part), .plus(let part), .attribute(let part, _): [part]
    case .comparison(let first, let others): [first] + others.map(\.operand)
    case .arithmetic(let first, let steps): [first] + steps.map(\.operand)
    case .choice(let condition, let value, let otherwise):
      [condition, value] + (otherwise.map { [$0] } ?? [])
    case .element(let base, let place): [base, place]
    case .slice(let base, let start, let stop, let step):
      [base] + [start, stop, step].compactMap(\.self)
    case .call(let part, let arguments): [part] + arguments.parts
    case .filter(let part, let invocation), .test(let part, let invocation):
      [part] + invocation.arguments.parts
    }
  }
}
