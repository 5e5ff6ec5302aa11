package import GGUF
package import Planning

/// What `ration apply` is asked for.
package struct ApplyRequest: CommandRequest {
  package var recipe: Recipe
  /// Where the recipe was read from, for messages.
  package var recipePath: String
  package var model: String
  package var output: String
  package var statistics: String?
  /// The second moments to compensate errors with; nil encodes every row by itself.
  package var moments: String?
  /// How the output is divided among files.
  package var division: FileDivision
  /// Which of the files to write: all, a share of those behind the first, or the first, which says how all tensors were
  /// made.
  package var part: WorkPart
  package var overwrite: Bool
  /// A file of before: tensors that would come out the same are taken over from it.
  package var update: String?
  package var allowRequantize: Bool
  /// The version of the program, for provenance.
  package var version: String
  /// Tensors that the model lacks and the file is to have, each with its bytes.
  package var added: [OutputPlan.Tensor]

  package init(
    recipe: Recipe, recipePath: String, model: String, output: String, statistics: String?,
    moments: String? = nil, division: FileDivision = .whole, part: WorkPart = .whole,
    overwrite: Bool, update: String? = nil,
    allowRequantize: Bool,
    version: String,
    added: [OutputPlan.Tensor] = []
  ) {
    self.recipe = recipe
    self.recipePath = recipePath
    self.model = model
    self.output = output
    self.statistics = statistics
    self.moments = moments
    self.division = division
    self.part = part
    self.overwrite = overwrite
    self.update = update
    self.allowRequantize = allowRequantize
    self.version = version
    self.added = added
  }

  /// The files; of an output that is divided, without the output, whose names depend on the model.
  package var files: CommandFiles { files(writing: division == .whole ? [output] : []) }

  /// The files, given the names of those that are written.
  func files(writing paths: [String]) -> CommandFiles {
    CommandFiles(
      inputs: [model, recipePath, statistics, moments].compactMap { $0 },
      replaceable: [update].compactMap { $0 },
      outputs: paths.isEmpty
        ? [] : [CommandFiles.Output(paths, overwrite: overwrite, resumes: true)])
  }
}
