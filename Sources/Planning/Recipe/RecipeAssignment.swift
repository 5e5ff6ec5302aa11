package import GGUF

/// What a recipe says about the tensors of a model.
package struct RecipeAssignment: Sendable {
  /// For each tensor, in the order asked, the place of the rule that holds; nil where none matches.
  package let places: [Int?]
  /// The places of the rules that match no tensor.
  package let unmatchedPlaces: [Int]
  /// The places of the rules that match tensors, all of which an earlier rule takes.
  package let shadowedPlaces: [Int]
  private let rules: [TypeRule]

  /// What `rules` say about tensors of these names.
  ///
  /// - Throws: the pattern that takes too long to search for.
  init(rules: [TypeRule], names: [String]) throws(TensorPatternError) {
    let index = NameIndex(names)
    var budget = PatternBudget()
    var places = [Int?](repeating: nil, count: names.count)
    var unmatched: [Int] = []
    var shadowed: [Int] = []
    for (place, rule) in rules.enumerated() {
      var takes = false
      var matches = false
      for name in index.candidates(for: rule.pattern) {
        // Of names that are taken it matters only whether there is one.
        guard places[name] == nil || !matches else { continue }
        guard try rule.pattern.matches(index.names[name], within: &budget) else { continue }
        matches = true
        if places[name] == nil {
          places[name] = place
          takes = true
        }
      }
      if !matches {
        unmatched.append(place)
      } else if !takes {
        shadowed.append(place)
      }
    }
    self.rules = rules
    self.places = places
    unmatchedPlaces = unmatched
    shadowedPlaces = shadowed
  }

  /// The type of each tensor, in the order asked; nil where no rule matches.
  package var types: [TensorType?] { places.map { $0.map { rules[$0].type } } }
  /// The rules that match no tensor.
  package var unmatched: [TypeRule] { unmatchedPlaces.map { rules[$0] } }
  /// The rules that match tensors, all of which an earlier rule takes.
  package var shadowed: [TypeRule] { shadowedPlaces.map { rules[$0] } }
}

extension Recipe {
  /// The rules that hold for tensors of these names.
  ///
  /// - Throws: the pattern that takes too long to search for.
  package func assignment(of names: [String]) throws(TensorPatternError) -> RecipeAssignment {
    try RecipeAssignment(rules: rules, names: names)
  }
}
