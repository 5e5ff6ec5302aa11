package import LinearAlgebra

/// Which experts every token is sent to.
package struct Routes {
  /// A token's visit to an expert.
  package struct Visit: Sendable {
    /// The row of the token.
    package let token: Int
    /// What the expert's output is multiplied by, or its input where the policy says so.
    package let share: Float
  }

  /// The visits to each expert, in the order of tokens.
  package let visits: [[Visit]]
  /// The experts of each token, the best first, and their shares.
  private let choices: [[(expert: Int, share: Float)]]
  private let outputs: Matrix
  private let policy: RoutingPolicy

  /// Sends each token to the experts that the policy chooses.
  ///
  /// - Parameters:
  ///   - outputs: those of the router, `tokens × experts`.
  ///   - used: how many experts a token is sent to.
  ///   - bias: what is added to the scores of experts for the choice alone; nil without.
  ///   - scales: what the outputs of experts are multiplied by beside the shares; nil without.
  package init(
    outputs: Matrix, used: Int, _ policy: RoutingPolicy = RoutingPolicy(), bias: [Float]? = nil,
    scales: [Float]? = nil
  ) {
    self.outputs = outputs
    self.policy = policy
    choices = (0..<outputs.rows).map { token in
      let row = outputs.row(token)
      let chosen = policy.choice(used, outputs: row, bias: bias)
      return zip(chosen, policy.shares(of: chosen, outputs: row)).map { ($0, $1) }
    }
    var visits = [[Visit]](repeating: [], count: outputs.columns)
    for (token, choice) in choices.enumerated() {
      for (expert, share) in choice {
        visits[expert].append(Visit(token: token, share: share * (scales?[expert] ?? 1)))
      }
    }
    self.visits = visits
  }

  /// The gradient at the router's outputs.
  ///
  /// - Parameter alignments: for each visit to each expert, share × its gradient, which is the inner product of
  ///   the weighed output, or input, and the gradient there; none of experts without visits.
  package func gradient(alignments: [[Float]]) -> Matrix {
    let gradient = Matrix.zeros(rows: outputs.rows, columns: outputs.columns)
    for (expert, alignments) in alignments.enumerated() {
      for (visit, alignment) in zip(visits[expert], alignments) {
        gradient[visit.token][expert] = alignment
      }
    }
    for (token, choice) in choices.enumerated() {
      policy.turnIntoGradient(gradient.row(token), of: choice, outputs: outputs.row(token))
    }
    return gradient
  }
}
