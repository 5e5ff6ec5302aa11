import GGUF

/// How values compare: as in Python.
extension Value {
  /// Whether both are equal.
  func equals(_ other: Value, _ budget: Budget) throws(TemplateProblem) -> Bool {
    try budget.charge(min(size, other.size))
    switch (self, other) {
    case (.undefined, .undefined), (.null, .null): return true
    case (.string(let left), .string(let right)): return left.isExactly(right)
    case (.list(let left), .list(let right)):
      guard left.isTuple == right.isTuple, left.items.count == right.items.count else {
        return false
      }
      for (left, right) in zip(left.items, right.items)
      where !(try left.equals(right, budget)) {
        return false
      }
      return true
    case (.object(let left), .object(let right)):
      guard left.members.count == right.members.count else { return false }
      for member in left.members.members {
        guard let other = right.members[member.key], try member.value.equals(other, budget) else {
          return false
        }
      }
      return true
    case (.namespace(let left), .namespace(let right)): return left === right
    default:
      guard let left = number, let right = other.number else { return false }
      return left == right
    }
  }

  /// Whether this value comes before the other one.
  func precedes(_ other: Value, _ budget: Budget) throws(TemplateProblem) -> Bool {
    try budget.charge(min(size, other.size))
    switch (self, other) {
    case (.string(let left), .string(let right)):
      return left.utf8.lexicographicallyPrecedes(right.utf8)
    case (.list(let left), .list(let right)) where left.isTuple == right.isTuple:
      for (left, right) in zip(left.items, right.items)
      where !(try left.equals(right, budget)) {
        return try left.precedes(right, budget)
      }
      return left.items.count < right.items.count
    default:
      guard let left = number, let right = other.number else {
        throw .evaluation("\(kind) and \(other.kind) have no order")
      }
      return left < right
    }
  }

  /// Whether the value has the other one as an element, a member's name or a part of its text.
  func contains(_ other: Value, _ budget: Budget) throws(TemplateProblem) -> Bool {
    try budget.charge(size)
    switch self {
    case .string(let text):
      guard case .string(let part) = other else {
        throw .evaluation("\(other.kind) cannot be in a string")
      }
      try budget.charge(part.utf8.count)
      return part.isEmpty || !text.scalars.places(of: part.scalars).isEmpty
    case .list(let list):
      for item in list.items where try item.equals(other, budget) { return true }
      return false
    case .object(let object):
      guard case .string(let key) = other else { return false }
      return object.members[key] != nil
    case .undefined: return false
    default: throw .evaluation("\(kind) has no elements")
    }
  }
}

extension Array {
  /// The elements in order. Those that are equal stay as they are (a merge sort).
  func sortedStably(
    by precedes: (Element, Element) throws(TemplateProblem) -> Bool
  ) throws(TemplateProblem) -> [Element] {
    guard count > 1 else { return self }
    let left = try Array(prefix(count / 2)).sortedStably(by: precedes)
    let right = try Array(dropFirst(count / 2)).sortedStably(by: precedes)
    var merged: [Element] = []
    var (leftPlace, rightPlace) = (0, 0)
    while leftPlace < left.count, rightPlace < right.count {
      if try precedes(right[rightPlace], left[leftPlace]) {
        merged.append(right[rightPlace])
        rightPlace += 1
      } else {
        merged.append(left[leftPlace])
        leftPlace += 1
      }
    }
    return merged + left[leftPlace...] + right[rightPlace...]
  }
}
