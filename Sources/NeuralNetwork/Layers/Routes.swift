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
  /// The visits that errors might bring; nil where they are not looked at.
  let flips: RoutingFlips?
  /// The experts of each token, the best first, and their shares.
  private let choices: [[(expert: Int, share: Float)]]
  private let outputs: Matrix
  private let policy: RoutingPolicy
  private let bias: [Float]?

  /// Sends each token to the experts that the policy chooses.
  ///
  /// - Parameters:
  ///   - outputs: those of the router, `tokens × experts`.
  ///   - used: how many experts a token is sent to.
  ///   - bias: what is added to the scores of experts for the choice alone; nil without.
  ///   - scales: what the outputs of experts are multiplied by beside the shares; nil without.
  ///   - spread: how far errors move what the router compares; nil where choices count as they are.
  package init(
    outputs: Matrix, used: Int, _ policy: RoutingPolicy = RoutingPolicy(), bias: [Float]? = nil,
    scales: [Float]? = nil, spread: Float? = nil
  ) {
    self.outputs = outputs
    self.policy = policy
    self.bias = bias
    let choices: [[(expert: Int, share: Float)]] = (0..<outputs.rows).map { token in
      let row = outputs.row(token)
      let chosen = policy.choice(used, outputs: row, bias: bias)
      return zip(chosen, policy.shares(of: chosen, outputs: row)).map { ($0, $1) }
    }
    self.choices = choices
    var visits = [[Visit]](repeating: [], count: outputs.columns)
    for (token, choice) in choices.enumerated() {
      for (expert, share) in choice {
        visits[expert].append(Visit(token: token, share: share * (scales?[expert] ?? 1)))
      }
    }
    self.visits = visits
    flips = spread.map { spread in
      RoutingFlips(outputs: outputs, used: used, policy, bias: bias, spread: spread) {
        token, expert in
        let share = choices[token].first(where: { $0.expert == expert })?.share ?? 0
        return share * (scales?[expert] ?? 1)
      }
    }
  }

  /// The visits to an expert that errors might bring.
  package func arrivals(of expert: Int) -> [Visit] {
    flips?.arrivals[expert].map { Visit(token: $0.token, share: $0.share) } ?? []
  }

  /// The gradient at the router's outputs.
  ///
  /// - Parameters:
  ///   - alignments: for each visit to each expert, share × its gradient, which is the inner product of the weighed output,
  ///     or input, and the gradient there; none of experts without visits.
  ///   - products: for each visit to each expert, the inner product of what it adds to the token and the gradient there.
  ///   - arrivals: the same of the visits that errors might bring.
  package func gradient(
    alignments: [[Float]], products: [[Float]] = [], arrivals: [[Float]] = []
  ) -> Matrix {
    let gradient = Matrix.zeros(rows: outputs.rows, columns: outputs.columns)
    for (expert, alignments) in alignments.enumerated() {
      for (visit, alignment) in zip(visits[expert], alignments) {
        gradient[visit.token][expert] = alignment
      }
    }
    for (token, choice) in choices.enumerated() {
      policy.turnIntoGradient(gradient.row(token), of: choice, outputs: outputs.row(token))
    }
    if let flips { add(flips, products: products, arrivals: arrivals, to: gradient) }
    return gradient
  }

  private func add(
    _ flips: RoutingFlips, products: [[Float]], arrivals: [[Float]], to gradient: Matrix
  ) {
    var productOf: [[Int: Float]] = []
    for (visits, products) in zip(visits, products) {
      productOf.append(Dictionary(uniqueKeysWithValues: zip(visits.map(\.token), products)))
    }
    for (entering, candidates) in flips.arrivals.enumerated() {
      for (flip, product) in zip(candidates, arrivals[entering]) {
        guard let lost = productOf[flip.leaving][flip.token] else { continue }
        policy.add(
          slope: flip.slopeOfStep * (product - lost), ofLead: flip.leaving, over: entering,
          outputs: outputs.row(flip.token), bias: bias, to: gradient.row(flip.token))
      }
    }
  }
}
