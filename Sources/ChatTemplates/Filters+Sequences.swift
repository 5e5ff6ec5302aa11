import GGUF

/// Filters of several values.
extension Filters {
  @Sendable static func length(_ operands: Operands) throws(TemplateProblem) -> Value {
    try operands.expectNone()
    switch operands.value {
    case .undefined: return .int(0)
    case .string(let text): return .int(text.unicodeScalars.count)
    case .list(let list): return .int(list.items.count)
    case .object(let object): return .int(object.members.count)
    default: throw .evaluation("\(operands.value.kind) has no length")
    }
  }

  @Sendable static func first(_ operands: Operands) throws(TemplateProblem) -> Value {
    try operands.expectNone()
    let items = try operands.value.items(operands.budget)
    return items.first ?? .undefined("there is no first element")
  }

  @Sendable static func last(_ operands: Operands) throws(TemplateProblem) -> Value {
    try operands.expectNone()
    let items = try operands.value.items(operands.budget)
    return items.last ?? .undefined("there is no last element")
  }

  @Sendable static func list(_ operands: Operands) throws(TemplateProblem) -> Value {
    try operands.expectNone()
    return try .of(try operands.value.items(operands.budget))
  }

  @Sendable static func reverse(_ operands: Operands) throws(TemplateProblem) -> Value {
    try operands.expectNone()
    if case .string(let text) = operands.value { return .string(text.unicodeScalars.reversed()) }
    return try .of(try operands.value.items(operands.budget).reversed())
  }

  @Sendable static func join(_ operands: Operands) throws(TemplateProblem) -> Value {
    let arguments = try operands.arguments.bound(to: "d", "attribute")
    let separator = try arguments[0]?.text(operands.budget) ?? ""
    let items = try keys(of: operands, attribute: arguments[1])
    return .string(try StringMethods.joining(items, by: separator, operands.budget))
  }

  @Sendable static func items(_ operands: Operands) throws(TemplateProblem) -> Value {
    try operands.expectNone()
    if case .undefined = operands.value { return try .of([Value]()) }
    guard case .object(let object) = operands.value else {
      throw .evaluation("\(operands.value.kind) has no members")
    }
    return try object.pairs()
  }

  @Sendable static func membersSorted(_ operands: Operands) throws(TemplateProblem) -> Value {
    let arguments = try operands.arguments.bound(to: "case_sensitive", "by", "reverse")
    guard case .object(let object) = operands.value else {
      throw .evaluation("\(operands.value.kind) has no members")
    }
    let isByValue: Bool
    switch try arguments[1].text("order") ?? "key" {
    case "key": isByValue = false
    case "value": isByValue = true
    default: throw .evaluation("members are sorted by \"key\" or by \"value\"")
    }
    var keyed: [(key: Value, value: Value)] = []
    for member in object.members.members {
      let key = isByValue ? member.value : .string(member.key)
      let pair = try Value.tuple([.string(member.key), member.value])
      keyed.append((key.folded(unless: arguments[0].isTrue), pair))
    }
    return try sorted(keyed, isReversed: arguments[2].isTrue, operands.budget)
  }

  @Sendable static func sort(_ operands: Operands) throws(TemplateProblem) -> Value {
    let arguments = try operands.arguments.bound(to: "reverse", "case_sensitive", "attribute")
    let keys = try keys(of: operands, attribute: arguments[2])
      .map { $0.folded(unless: arguments[1].isTrue) }
    let values = try operands.value.items(operands.budget)
    return try sorted(
      Array(zip(keys, values)), isReversed: arguments[0].isTrue, operands.budget)
  }

  /// The values in the order of their keys.
  private static func sorted(
    _ keyed: [(key: Value, value: Value)], isReversed: Bool, _ budget: Budget
  ) throws(TemplateProblem) -> Value {
    let sorted = try keyed.sortedStably { left, right throws(TemplateProblem) in
      isReversed
        ? try right.key.precedes(left.key, budget) : try left.key.precedes(right.key, budget)
    }
    return try .of(sorted.map(\.value))
  }

  @Sendable static func least(_ operands: Operands) throws(TemplateProblem) -> Value {
    try extreme(operands) { new, best throws(TemplateProblem) in
      try new.precedes(best, operands.budget)
    }
  }

  @Sendable static func greatest(_ operands: Operands) throws(TemplateProblem) -> Value {
    try extreme(operands) { new, best throws(TemplateProblem) in
      try best.precedes(new, operands.budget)
    }
  }

  /// The first value that no other one beats.
  private static func extreme(
    _ operands: Operands, beats: (Value, Value) throws(TemplateProblem) -> Bool
  ) throws(TemplateProblem) -> Value {
    let arguments = try operands.arguments.bound(to: "case_sensitive", "attribute")
    let keys = try keys(of: operands, attribute: arguments[1])
      .map { $0.folded(unless: arguments[0].isTrue) }
    let values = try operands.value.items(operands.budget)
    var best: (key: Value, value: Value)?
    for (key, value) in zip(keys, values) {
      if let current = best, !(try beats(key, current.key)) { continue }
      best = (key, value)
    }
    return best?.value ?? .undefined("there is no element")
  }

  @Sendable static func unique(_ operands: Operands) throws(TemplateProblem) -> Value {
    let arguments = try operands.arguments.bound(to: "case_sensitive", "attribute")
    let keys = try keys(of: operands, attribute: arguments[1])
      .map { $0.folded(unless: arguments[0].isTrue) }
    let values = try operands.value.items(operands.budget)
    var seen: [Value] = []
    var unique: [Value] = []
    for (key, value) in zip(keys, values)
    where !(try Value.of(seen).contains(key, operands.budget)) {
      seen.append(key)
      unique.append(value)
    }
    return try .of(unique)
  }

  @Sendable static func sum(_ operands: Operands) throws(TemplateProblem) -> Value {
    let arguments = try operands.arguments.bound(to: "attribute", "start")
    var sum = arguments[1] ?? .int(0)
    for value in try keys(of: operands, attribute: arguments[0]) {
      sum = try sum.result(of: .add, with: value, operands.budget)
    }
    return sum
  }

  /// The elements, or the attribute of each where one is named.
  private static func keys(
    of operands: Operands, attribute: Value?
  ) throws(TemplateProblem) -> [Value] {
    let items = try operands.value.items(operands.budget)
    guard let attribute else { return items }
    if case .null = attribute { return items }
    var keys: [Value] = []
    for item in items { keys.append(try item.attribute(path: attribute, operands.budget)) }
    return keys
  }

  /// The elements of a value. A value that is false has none here, such as no tools.
  private static func elements(of operands: Operands) throws(TemplateProblem) -> [Value] {
    operands.value.isTrue ? try operands.value.items(operands.budget) : []
  }

  @Sendable static func map(_ operands: Operands) throws(TemplateProblem) -> Value {
    var results: [Value] = []
    var arguments = operands.arguments
    if arguments.positional.isEmpty {
      let bound = try arguments.bound(to: "attribute", "default")
      guard let attribute = bound[0] else {
        throw .evaluation("the filter \"map\" needs a filter or an attribute")
      }
      for item in try elements(of: operands) {
        results.append(try item.attribute(path: attribute, standard: bound[1], operands.budget))
      }
    } else {
      guard case .string(let name) = arguments.positional.removeFirst() else {
        throw .evaluation("the filter \"map\" needs the name of a filter")
      }
      for item in try elements(of: operands) {
        let operands = Operands(value: item, arguments: arguments, budget: operands.budget)
        results.append(try result(of: name, operands))
      }
    }
    return try .of(results)
  }

  @Sendable static func select(_ operands: Operands) throws(TemplateProblem) -> Value {
    try picked(operands, where: true, byAttribute: false)
  }

  @Sendable static func reject(_ operands: Operands) throws(TemplateProblem) -> Value {
    try picked(operands, where: false, byAttribute: false)
  }

  @Sendable static func selectAttribute(
    _ operands: Operands
  ) throws(TemplateProblem) -> Value {
    try picked(operands, where: true, byAttribute: true)
  }

  @Sendable static func rejectAttribute(
    _ operands: Operands
  ) throws(TemplateProblem) -> Value {
    try picked(operands, where: false, byAttribute: true)
  }

  /// The elements of which a test, or their being true, has an outcome.
  private static func picked(
    _ operands: Operands, where outcome: Bool, byAttribute: Bool
  ) throws(TemplateProblem) -> Value {
    var rest = operands.arguments.positional[...]
    let attribute = byAttribute ? rest.popFirst() : nil
    if byAttribute, attribute == nil { throw .evaluation("the filter needs an attribute") }
    let test = try rest.popFirst().text("test")
    let arguments = Arguments(positional: Array(rest), named: operands.arguments.named)
    var picked: [Value] = []
    for item in try elements(of: operands) {
      let value =
        try attribute.map { attribute throws(TemplateProblem) in
          try item.attribute(path: attribute, operands.budget)
        } ?? item
      let operands = Operands(value: value, arguments: arguments, budget: operands.budget)
      let holds =
        try test.map { test throws(TemplateProblem) in
          try ValueTests.result(of: test, operands)
        } ?? value.isTrue
      if holds == outcome { picked.append(item) }
    }
    return try .of(picked)
  }
}

extension Value {
  /// In small letters for comparisons, unless the case counts.
  fileprivate func folded(unless isCaseSensitive: Bool) -> Value {
    guard case .string(let text) = self, !isCaseSensitive else { return self }
    return .string(text.lower)
  }

  /// The element at a path of names with dots between, or at an index. Where there is none, the standard
  /// stands for it.
  fileprivate func attribute(
    path: Value, standard: Value? = nil, _ budget: Budget
  ) throws(TemplateProblem) -> Value {
    var keys = [path]
    if case .string(let text) = path {
      keys = text.split(separator: ".", omittingEmptySubsequences: false).map { part in
        Int(part).map { .int($0) } ?? .string(String(part))
      }
    }
    var value = self
    for key in keys {
      value = try value.element(at: key, budget)
      if case .undefined = value, let standard { value = standard }
    }
    return value
  }
}
