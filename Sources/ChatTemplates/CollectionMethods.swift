import GGUF

/// The methods of objects. Those that would change one are refused, as transformers refuses them.
enum ObjectMethods {
  /// What they are called.
  static let names: Set<String> = ["get", "items", "keys", "values", "copy"]

  /// What Python has besides.
  static let unsupportedNames: Set<String> = [
    "clear", "fromkeys", "pop", "popitem", "setdefault", "update",
  ]

  /// What a method returns.
  static func result(
    of name: String, _ object: Object, _ operands: Operands
  ) throws(TemplateProblem) -> Value {
    if name == "get" {
      let arguments = try operands.arguments.bound(to: "key", "default")
      guard let key = arguments[0] else { throw .evaluation("the method \"get\" needs a name") }
      let standard = arguments[1] ?? .null
      guard case .string(let key) = key else { return standard }
      return object.members[key] ?? standard
    }
    try operands.expectNone()
    switch name {
    case "items": return try object.pairs()
    case "keys": return try .of(object.members.members.map { .string($0.key) })
    case "values": return try .of(object.members.members.map(\.value))
    default: return .object(object)
    }
  }
}

extension Object {
  /// The names with their values, as tuples.
  func pairs() throws(TemplateProblem) -> Value {
    var pairs: [Value] = []
    for member in members.members { pairs.append(try .tuple([.string(member.key), member.value])) }
    return try .of(pairs)
  }
}

/// The methods of lists and tuples. Those that would change one are refused, as transformers refuses them.
enum ListMethods {
  /// What they are called.
  static let names: Set<String> = ["count", "index"]

  /// What Python has besides.
  static let unsupportedNames: Set<String> = [
    "append", "clear", "copy", "extend", "insert", "pop", "remove", "reverse", "sort",
  ]

  /// What a method returns.
  static func result(
    of name: String, _ list: List, _ operands: Operands
  ) throws(TemplateProblem) -> Value {
    let wanted = try operands.only()
    var places: [Int] = []
    for (place, item) in list.items.enumerated()
    where try item.equals(wanted, operands.budget) {
      places.append(place)
    }
    if name == "count" { return .int(places.count) }
    guard let place = places.first else { throw .evaluation("the list lacks the element") }
    return .int(place)
  }
}
