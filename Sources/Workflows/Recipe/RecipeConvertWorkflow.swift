import GGUF
package import Planning

/// Writes a recipe in another form.
package enum RecipeConvertWorkflow {
  /// The text of a recipe in a form: with a model the rules for just its tensors, which any program
  /// reads alike; without one the rules as they are.
  ///
  /// - Parameter path: of the model; nil for none.
  package static func run(
    _ recipe: Recipe, model path: String?, to format: RecipeFormat
  ) throws -> String {
    guard let path else { return try format.text(of: recipe) }
    let file = try ModelFile(path: path)
    var recipe = recipe
    if recipe.provenance.model == nil { recipe.provenance.model = path.fileName }
    let outcome = recipe.outcome(for: file.tensors)
    try outcome.checkFits()
    return try format.text(of: outcome)
  }
}
