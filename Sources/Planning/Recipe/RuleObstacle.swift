/// Why a program would refuse a rule, or read it otherwise than it is meant.
package enum RuleObstacle: Sendable, Equatable, CustomStringConvertible {
  /// The program does not know the type.
  case type
  /// The program divides rules at every comma, and the pattern has one.
  case comma
  /// The program divides a rule at the first `=`, and the pattern has one.
  case equalsSign
  /// The program puts patterns in lower case, and the pattern has capitals.
  case capitals
  /// The program divides rules at white space, and the pattern has some.
  case whiteSpace

  package var description: String {
    switch self {
    case .type: "it does not load the type"
    case .comma: "it divides rules at every comma"
    case .equalsSign: "it divides a rule at the first ‘=’"
    case .capitals: "it puts patterns in lower case"
    case .whiteSpace: "it divides rules at white space"
    }
  }
}

extension Runtime {
  /// What keeps the program from reading a rule as it is meant, whatever the model; nil where it does.
  package func obstacle(to rule: TypeRule) -> RuleObstacle? {
    let pattern = rule.pattern.text.utf8
    if !loads(rule.type) { return .type }
    if pattern.contains(UInt8(ascii: "=")) { return .equalsSign }
    return switch self {
    case .ik: pattern.contains(UInt8(ascii: ",")) ? .comma : nil
    case .mainline:
      pattern.contains(where: ByteSet.upper.contains)
        ? .capitals : pattern.contains(where: ByteSet.spaces.contains) ? .whiteSpace : nil
    }
  }
}
