/// What `ration plan` is asked for.
package struct PlanRequest: Sendable {
  package var inputs: PlanInputs
  package var target: PlanTarget
  /// How many steps a tensor may go away from the skeleton; nil: any number.
  package var maxMoves: Int?
  /// Of the program, for provenance.
  package var version: String

  package init(inputs: PlanInputs, target: PlanTarget, maxMoves: Int? = nil, version: String) {
    self.inputs = inputs
    self.target = target
    self.maxMoves = maxMoves
    self.version = version
  }
}
