/// What JSON can say.
package enum JSONValue: Sendable {
  /// No value.
  case null
  /// A truth value.
  case bool(Bool)
  /// A number written without fraction and exponent.
  case int(Int)
  /// Any other number.
  case double(Double)
  /// A text.
  case string(String)
  /// Values in order.
  case array([JSONValue])
  /// Values with names, in the order in which they were given.
  case object(OrderedObject<JSONValue>)
}

extension JSONValue: Equatable {
  /// Whether both are the same value of the same kind. Texts are the same with the same characters in UTF-8.
  package static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.int(let left), .int(let right)): left == right
    case (.double(let left), .double(let right)): left == right
    case (.string(let left), .string(let right)): left.isExactly(right)
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    default: false
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral {
  /// The text of a literal.
  package init(stringLiteral text: String) { self = .string(text) }
}
