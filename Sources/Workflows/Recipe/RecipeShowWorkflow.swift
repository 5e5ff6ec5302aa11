import GGUF
package import Planning
package import Reports

/// Shows what a recipe does, by itself or to a model.
package enum RecipeShowWorkflow {
  /// The report of a recipe.
  ///
  /// - Parameters:
  ///   - path: of the model; nil for none.
  ///   - statistics: that the recipe is to be applied with, which the file will name.
  ///   - version: of the program.
  package static func run(
    _ recipe: RecipeSource, model path: String?, statistics: String?, version: String,
    _ session: Session
  ) throws -> RecipeReport {
    guard let path else { return RecipeReport(source: recipe, model: nil) }
    let source = try SourceModel(
      path: path, statistics: statistics, allowRequantize: true, session)
    let outcome = recipe.recipe.outcome(for: source.file.tensors)
    let layout = try outcome.layout(of: source, version: version)
    return RecipeReport(
      source: recipe,
      model: RecipeReport.Model(
        outcome: outcome, fileBytes: layout.fileBytes, bitsPerWeight: layout.bitsPerWeight))
  }
}

extension RecipeOutcome {
  /// Throws where a tensor's shape does not allow its type.
  func checkFits() throws(ShapeMismatch) {
    for entry in entries where !entry.isFitting {
      throw ShapeMismatch(
        tensor: entry.tensor.name, columns: entry.tensor.columns, type: entry.type)
    }
  }

  /// The file that `apply` would make of the model. Throws where a tensor's shape does not allow its
  /// type.
  func layout(of source: SourceModel, version: String) throws -> FileLayout {
    try checkFits()
    return try ApplyWorkflow.layout(
      source, recipe, entries.map(\.type), version: version, path: source.file.path)
  }
}
