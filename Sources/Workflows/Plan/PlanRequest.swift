/// What `ration plan` is asked for.
package struct PlanRequest: Sendable {
  package var inputs: PlanInputs
  package var target: PlanTarget
  /// How many steps a tensor may go away from the skeleton; nil: any number.
  package var maxMoves: Int?
  /// What to evaluate the plan on; nil to leave it at the prediction.
  package var validation: EvaluationText?
  /// The version of the program, for provenance.
  package var version: String

  package init(
    inputs: PlanInputs, target: PlanTarget, maxMoves: Int? = nil,
    validation: EvaluationText? = nil, version: String
  ) {
    self.inputs = inputs
    self.target = target
    self.maxMoves = maxMoves
    self.validation = validation
    self.version = version
  }
}
