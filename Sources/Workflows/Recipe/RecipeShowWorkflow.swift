import GGUF
package import Planning
package import Reports

/// Shows what a recipe does, by itself or to a model.
package enum RecipeShowWorkflow {
  /// The report of a recipe.
  ///
  /// - Parameters:
  ///   - recipePath: where the recipe was read from, for messages.
  ///   - path: of the model; nil for none.
  ///   - statistics: that the recipe is to be applied with, which the file will name.
  ///   - version: of the program.
  package static func run(
    _ recipe: RecipeSource, recipePath: String, model path: String?, statistics: String?,
    version: String, _ session: Session
  ) throws -> RecipeReport {
    guard let path else { return RecipeReport(source: recipe, model: nil) }
    let source = try SourceModel(
      path: path, statistics: statistics, allowRequantize: true, session)
    let outcome = recipe.recipe.outcome(for: source.file.tensors)
    try outcome.checkFits()
    let promise = try source.promise(
      of: outcome, recipePath: recipePath, statistics: try source.statisticsRecord(), session)
    let output = try source.output(
      of: outcome, promise: promise, version: version, path: source.file.path)
    return RecipeReport(
      source: recipe,
      model: RecipeReport.Model(
        outcome: outcome, fileBytes: output.fileBytes, bitsPerWeight: output.bitsPerWeight))
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
}
