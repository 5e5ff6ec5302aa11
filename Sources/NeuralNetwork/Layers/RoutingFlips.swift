import LinearAlgebra

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The tokens whose choice of experts small errors may change, and what the gradient makes of it.
///
/// A choice is a step, so its gradient is 0 almost everywhere, and a loss to second order knows nothing of it. But
/// errors before a router move its outputs by finite amounts. Let m be by how much the last chosen expert a is ahead of
/// the first that is not, b. Errors move m by about a normal variate of standard deviation σ, the *spread*. So the
/// loss L that the step changes by J is to be expected as L(m) = J Φ(−m / σ), whose slope is −J φ(m / σ) / σ: the gradient
/// of the smoothed model. J is to first order the gradient times share × (output of b − output of a): at m = 0 shares of
/// both are one, and those of the others stay.
///
/// Errors of variance V in m cost by flips, with the density p of m at 0, p E[½ J²] 2 √(V / 2π). The square of the slope says
/// ½ E[J²] p V / (2 √π σ), which at V = σ² is smaller by 2 √2. So slopes are multiplied by the root of that.
struct RoutingFlips {
  /// A token near the step.
  struct Candidate {
    let token: Int
    /// The expert that the token would lose.
    let leaving: Int
    /// The share of the expert that it would lose, which the other would have.
    let share: Float
    /// −φ(m / σ) / σ, times the root of 2 √2.
    let slopeOfStep: Float
  }

  /// The candidates of each expert that tokens would be sent to instead.
  let arrivals: [[Candidate]]

  /// How many spreads from the step a token still counts.
  private static let reach: Float = 4

  /// - Parameters:
  ///   - outputs: those of the router, `tokens × experts`.
  ///   - used: how many experts a token is sent to.
  ///   - spread: how far errors move margins.
  ///   - share: of a token that an expert has.
  init(
    outputs: Matrix, used: Int, _ policy: RoutingPolicy, bias: [Float]?, spread: Float,
    share: (_ token: Int, _ expert: Int) -> Float
  ) {
    var arrivals = [[Candidate]](repeating: [], count: outputs.columns)
    for token in 0..<outputs.rows {
      guard
        let (leaving, entering, margin) = policy.rivals(
          used, outputs: outputs.row(token), bias: bias), margin < Self.reach * spread
      else { continue }
      let distance = Double(margin / spread)
      let density = exp(-distance * distance / 2) / (2 * Double.pi).squareRoot()
      let factor = (2 * 2.0.squareRoot()).squareRoot()
      arrivals[entering].append(
        Candidate(
          token: token, leaving: leaving, share: share(token, leaving),
          slopeOfStep: Float(-factor * density) / spread))
    }
    self.arrivals = arrivals
  }
}
