package import GGUF

/// What `ration plan` is asked for.
package struct PlanRequest: CommandRequest {
  package var inputs: PlanInputs
  package var target: PlanTarget
  /// How many steps a tensor may go away from the skeleton; nil: any number.
  package var maxMoves: Int?
  /// How fast the memories are, and how fast the plan has to be.
  package var speed: SpeedRequest
  /// What to evaluate the plan on; nil to leave it at the prediction.
  package var validation: EvaluationText?
  /// How many plans to evaluate, of which that with the least KLD is taken.
  package var trials: Int
  /// The version of the program, for provenance.
  package var version: String
  /// Where the recipe goes; nil leaves it to the caller.
  package var output: String?
  /// Whether an existing recipe may be replaced.
  package var overwrite: Bool
  /// The report as a page; nil for none.
  package var page: PageRequest?

  package init(
    inputs: PlanInputs, target: PlanTarget, maxMoves: Int? = nil,
    speed: SpeedRequest = SpeedRequest(),
    validation: EvaluationText? = nil, trials: Int = 1, version: String, output: String? = nil,
    overwrite: Bool = false, page: PageRequest? = nil
  ) {
    self.inputs = inputs
    self.target = target
    self.maxMoves = maxMoves
    self.speed = speed
    self.validation = validation
    self.trials = trials
    self.version = version
    self.output = output
    self.overwrite = overwrite
    self.page = page
  }

  package var files: CommandFiles {
    inputs.files(
      reading: speed.tables + (validation?.files ?? []), writing: output, overwrite: overwrite,
      page: page)
  }
}
