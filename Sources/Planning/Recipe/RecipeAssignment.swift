package import GGUF

/// What a recipe says about the tensors of a model.
package struct RecipeAssignment: Sendable {
  /// The type of each tensor, in the order asked; nil where no rule matches.
  package let types: [TensorType?]
  /// The rules that match no tensor.
  package let unmatched: [TypeRule]
  /// The rules that match tensors, all of which an earlier rule takes.
  package let shadowed: [TypeRule]
}

extension Recipe {
  /// The types that the rules give to tensors of these names.
  package func assignment(of names: [String]) -> RecipeAssignment {
    var types = [TensorType?](repeating: nil, count: names.count)
    var unmatched: [TypeRule] = []
    var shadowed: [TypeRule] = []
    for rule in rules {
      let matches = names.indices.filter { rule.pattern.matches(names[$0]) }
      let free = matches.filter { types[$0] == nil }
      for index in free { types[index] = rule.type }
      if matches.isEmpty {
        unmatched.append(rule)
      } else if free.isEmpty {
        shadowed.append(rule)
      }
    }
    return RecipeAssignment(types: types, unmatched: unmatched, shadowed: shadowed)
  }
}
