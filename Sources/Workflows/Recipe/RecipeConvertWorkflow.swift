package import GGUF
package import Planning

/// What `ration recipe convert` is asked for.
package struct RecipeConvertRequest: CommandRequest {
  package var recipe: Recipe
  /// Where the recipe was read from.
  package var recipePath: String
  /// The path of the model that it is to be for; nil for none.
  package var model: String?
  package var format: RecipeFormat
  /// Where the text goes; nil leaves it to the caller.
  package var output: String?
  package var overwrite: Bool

  package init(
    recipe: Recipe, recipePath: String, model: String?, format: RecipeFormat, output: String? = nil,
    overwrite: Bool = false
  ) {
    self.recipe = recipe
    self.recipePath = recipePath
    self.model = model
    self.format = format
    self.output = output
    self.overwrite = overwrite
  }

  package var files: CommandFiles {
    CommandFiles(
      inputs: [recipePath, model].compactMap { $0 },
      outputs: [output].compactMap { $0 }.map { CommandFiles.Output([$0], overwrite: overwrite) })
  }
}

/// Writes a recipe in another form.
package enum RecipeConvertWorkflow: Workflow {
  /// The text of a recipe in a form: with a model the rules for just its tensors, which any program
  /// reads alike; without one the rules as they are.
  package static func run(
    _ request: RecipeConvertRequest, to outputs: [Reservation], _ session: Session
  ) throws -> String {
    let text = try text(request)
    try session.write(text, to: outputs.first)
    return text
  }

  private static func text(_ request: RecipeConvertRequest) throws -> String {
    var recipe = request.recipe
    guard let path = request.model else { return try request.format.text(of: recipe) }
    let file = try ModelFile(path: path)
    if recipe.provenance.model == nil { recipe.provenance.model = path.fileName }
    let outcome = try recipe.outcome(for: file.tensors)
    try outcome.checkFits()
    return try request.format.text(of: outcome)
  }
}
