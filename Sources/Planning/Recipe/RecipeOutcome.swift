package import GGUF

/// What a recipe makes of a model: the type that each tensor will have, and why.
package struct RecipeOutcome: Sendable {
  /// One tensor.
  package struct Entry: Sendable {
    /// The tensor as the model has it.
    package let tensor: TensorDescriptor
    /// The place of the rule that matches it; nil where none does.
    package let place: Int?
    /// Why it keeps its type whatever a rule says, or nil.
    package let keepReason: String?
    /// The type it will have: its own where it keeps that or no rule matches.
    package let type: TensorType

    /// The tensor's bytes in that type; nil where its shape does not allow the type.
    package var bytes: Int? {
      isFitting ? type.bytes(rows: tensor.rows, columns: tensor.columns) : nil
    }

    /// Whether its shape allows the type.
    package var isFitting: Bool {
      type == tensor.type || TensorShape(tensor.shape).allows(type)
    }
  }

  /// The recipe.
  package let recipe: Recipe
  /// The tensors in the order of the model.
  package let entries: [Entry]
  /// The places of the rules that match no tensor.
  package let unmatched: [Int]
  /// The places of the rules that match tensors, all of which an earlier rule takes.
  package let shadowed: [Int]

  /// The tensors that no rule matches, and that are no such as keep their type anyway.
  package var uncovered: [Entry] { entries.filter { $0.place == nil && $0.keepReason == nil } }

  /// What the rules say about each tensor, whether it follows or not; nil where none matches.
  var assigned: [TensorType?] { entries.map { $0.place.map { recipe.rules[$0].type } } }

  /// The types that the rules give, of tensors that do not keep theirs.
  package var ruled: [(name: String, type: TensorType)] {
    entries.filter { $0.place != nil && $0.keepReason == nil }.map { ($0.tensor.name, $0.type) }
  }

  /// The types of all tensors.
  package var all: [(name: String, type: TensorType)] { entries.map { ($0.tensor.name, $0.type) } }
}

extension Recipe {
  /// What the recipe makes of these tensors.
  ///
  /// - Throws: the pattern that takes too long to search for.
  package func outcome(for tensors: [TensorDescriptor]) throws(TensorPatternError) -> RecipeOutcome
  {
    let assignment = try assignment(of: tensors.map(\.name))
    let entries = zip(tensors, assignment.places).map { tensor, place in
      let keepRule = KeepRule.first(for: tensor)
      let isKept = keepRule != nil
      return RecipeOutcome.Entry(
        tensor: tensor, place: place, keepReason: keepRule?.reason,
        type: isKept ? tensor.type : place.map { rules[$0].type } ?? tensor.type)
    }
    return RecipeOutcome(
      recipe: self, entries: entries, unmatched: assignment.unmatchedPlaces,
      shadowed: assignment.shadowedPlaces)
  }
}
