import GGUF

/// Attributes, elements and slices of values.
extension Value {
  /// What stands behind a dot: a method before a member.
  func attribute(_ name: String) throws(TemplateProblem) -> Value {
    if let method = method(name) { return method }
    switch self {
    case .undefined(let what): throw .evaluation("\(what), so it has no \(name.quoted)")
    case .object(let object): if let value = object.members[name] { return value }
    case .namespace(let namespace): if let value = namespace.members[name] { return value }
    case .loop(let loop):
      if let value = loop.member(name) { return value }
      throw .unsupported("\"loop.\(name.escaped)\"")
    default: break
    }
    return .undefined("\(kind) has no \(name.quoted)")
  }

  /// What stands between brackets: a member before a method.
  func element(at key: Value, _ budget: Budget) throws(TemplateProblem) -> Value {
    switch (self, key) {
    case (.undefined(let what), _): throw .evaluation("\(what), so it has no elements")
    case (.object(let object), .string(let key)):
      if let value = object.members[key] { return value }
      return try attribute(key)
    case (_, .string(let key)): return try attribute(key)
    case (.list(let list), _):
      guard let index = key.integer else { break }
      let place = index < 0 ? index + list.items.count : index
      if list.items.indices.contains(place) { return list.items[place] }
    case (.string(let text), _):
      guard let index = key.integer else { break }
      try budget.charge(size)
      let scalars = text.scalars
      let place = index < 0 ? index + scalars.count : index
      if scalars.indices.contains(place) { return .string(String(scalars[place])) }
    default: break
    }
    return .undefined("\(kind) has no such element")
  }

  /// Every so many elements from one place to another, as Python counts them.
  func slice(
    from start: Value?, to stop: Value?, by step: Value?, _ budget: Budget
  ) throws(TemplateProblem) -> Value {
    try budget.charge(size)
    let step = try Self.bound(step) ?? 1
    guard step != 0 else { throw .evaluation("the step of a slice is zero") }
    let bounds = (start: try Self.bound(start), stop: try Self.bound(stop))
    switch self {
    case .string(let text):
      let scalars = text.scalars
      return .string(scalars.places(bounds, step).map { scalars[$0] })
    case .list(let list):
      let items = list.items.places(bounds, step).map { list.items[$0] }
      return .list(try List(items, isTuple: list.isTuple))
    case .undefined(let what): throw .evaluation("\(what), so it has no parts")
    default: throw .evaluation("\(kind) has no parts in order")
    }
  }

  private static func bound(_ value: Value?) throws(TemplateProblem) -> Int? {
    guard let value else { return nil }
    if case .null = value { return nil }
    guard let bound = value.integer else { throw .evaluation("\(value.kind) bounds a slice") }
    return bound
  }

  /// The method of a name, bound to the value; nil where Python has none.
  private func method(_ name: String) -> Value? {
    let (known, foreign): (Set<String>, Set<String>) =
      switch self {
      case .string: (StringMethods.names, StringMethods.unsupportedNames)
      case .object: (ObjectMethods.names, ObjectMethods.unsupportedNames)
      case .list: (ListMethods.names, ListMethods.unsupportedNames)
      default: ([], [])
      }
    if known.contains(name) { return .function(.method(of: self, name: name)) }
    guard foreign.contains(name) else { return nil }
    return .undefined("the method \(name.quoted) of \(kind) is not supported")
  }
}

extension Array {
  /// The places that a slice with these bounds takes.
  fileprivate func places(_ bounds: (start: Int?, stop: Int?), _ step: Int) -> StrideTo<Int> {
    let limits = step > 0 ? 0...count : -1...(count - 1)
    let place = { (bound: Int) in
      Swift.min(Swift.max(bound < 0 ? bound + count : bound, limits.lowerBound), limits.upperBound)
    }
    let start = bounds.start.map(place) ?? (step > 0 ? limits.lowerBound : limits.upperBound)
    let stop = bounds.stop.map(place) ?? (step > 0 ? limits.upperBound : limits.lowerBound)
    // A longer step goes no further, and could overflow.
    let reach = count + 1
    return stride(from: start, to: stop, by: Swift.min(Swift.max(step, -reach), reach))
  }
}
