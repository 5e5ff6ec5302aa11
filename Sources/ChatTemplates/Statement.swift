/// A part of a template that does something.
struct Statement: Sendable {
  /// The line on which it begins.
  let line: Int
  let form: Form

  indirect enum Form: Sendable {
    case text(String)
    case output(Expression)
    case set(Target, Expression)
    /// Sets a name to the text of a body, as the filters leave it.
    case setText(Target, filters: [Expression.Invocation], [Statement])
    /// The body of the first branch whose condition holds, or else the last body.
    case branches([Branch], otherwise: [Statement])
    case loop(Loop)
    case leaveLoop
    case nextRound
    case macro(MacroDefinition)
    /// Calls with the body as the macro `caller`.
    case call(Expression, caller: MacroDefinition)
    /// Prints the text of a body as the filters leave it.
    case filter([Expression.Invocation], [Statement])
    /// A body with names of its own.
    case scope([Binding], [Statement])
  }

  /// What gets a value.
  indirect enum Target: Sendable {
    case name(String)
    /// A member of a namespace.
    case member(of: String, name: String)
    case targets([Target])
  }

  struct Branch: Sendable {
    let condition: Expression
    let body: [Statement]
  }

  struct Loop: Sendable {
    let target: Target
    let sequence: Expression
    /// Which elements count.
    let condition: Expression?
    let body: [Statement]
    /// What happens where there is no element.
    let otherwise: [Statement]
  }

  struct Binding: Sendable {
    let target: Target
    let value: Expression
  }
}

/// What a macro does.
struct MacroDefinition: Sendable {
  let name: String
  let parameters: [Parameter]
  let body: [Statement]

  struct Parameter: Sendable {
    let name: String
    let standard: Expression?
  }
}

extension Statement.Target {
  /// The names that get a value.
  var names: [String] {
    switch self {
    case .name(let name): [name]
    case .member: []
    case .targets(let targets): targets.flatMap(\.names)
    }
  }
}
