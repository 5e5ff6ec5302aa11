import Codecs
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
  ///   - moments: second moments that it is to be applied with.
  ///   - version: of the program.
  package static func run(
    _ recipe: RecipeSource, recipePath: String, model path: String?, statistics: String?,
    moments: String? = nil, version: String, _ session: Session
  ) throws -> RecipeReport {
    guard let path else { return RecipeReport(source: recipe, model: nil) }
    let source = try SourceModel(
      path: path, statistics: statistics, allowRequantize: true, session)
    let outcome = try recipe.recipe.outcome(for: source.file.tensors)
    try outcome.checkFits()
    let standing = try source.promise(
      of: outcome, recipePath: recipePath, statistics: try source.statisticsRecord(),
      moments: try moments.map {
        try InputMoments(path: $0, of: source, unit: source.lossUnit, session).record()
      }, session)
    let output = try source.output(
      of: outcome, promise: standing.promise, version: version, path: source.file.path)
    var recipe = recipe
    if standing.isOfOtherRules { recipe.provenance = recipe.provenance.withoutResults }
    return RecipeReport(
      source: recipe,
      model: RecipeReport.Model(
        outcome: outcome, lackingImportance: try lackingImportance(outcome, recipePath, source),
        fileBytes: output.fileBytes, bitsPerWeight: output.bitsPerWeight))
  }

  /// The tensors whose types need importance that they do not have.
  private static func lackingImportance(
    _ outcome: RecipeOutcome, _ recipePath: String, _ source: SourceModel
  ) throws -> [String] {
    let encoding = try Encoding(of: outcome.recipe, recipePath: recipePath, source)
    return outcome.entries.filter { entry in
      entry.type != entry.tensor.type && Codec.of(entry.type)?.requiresImportance == true
        && !source.hasImportance(entry.tensor, unit: encoding.unit)
    }.map(\.tensor.name)
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
