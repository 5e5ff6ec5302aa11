import GGUF
import Measurement
import Planning
import Statistics

/// A plan that is tried beside the one that is predicted to lose least.
///
/// Predictions are wrong by some per cent, and the plan of least predicted loss leans on what is predicted too low. So
/// plans that differ in what predictions are least sure of may lose less.
enum PlanVariation {
  /// Losses grow with errors at another rate (`LossGrowth`).
  case growth(LossGrowth)
  /// A type is not used.
  case without(TensorType)
  /// A share of the budget is left unspent.
  case budget(Double)

  /// What a table calls it.
  var name: String {
    switch self {
    case .growth(let growth): "losses that grow by 1 + \(Int(growth.rate)) ε"
    case .without(let type): "without \(type.name)"
    case .budget(let share): "\(Int((1000 * share).rounded()) / 10) % of the budget"
    }
  }

  /// Variations of a plan, the most different first: other rates of growth and types left out in turn, from the type of the
  /// largest predicted loss on, and then smaller budgets.
  static func all(of plan: Plan) -> [PlanVariation] {
    var losses: [TensorType: Double] = [:]
    for entry in plan.entries where entry.loss > 0 { losses[entry.type, default: 0] += entry.loss }
    let types = losses.sorted { ($1.value, $0.key.id) < ($0.value, $1.key.id) }.map(\.key)
    let rates = [0.0, 32, 2, 16]
    var variations: [PlanVariation] = []
    for index in 0..<max(types.count, rates.count) {
      if index < rates.count { variations.append(.growth(LossGrowth(rate: rates[index]))) }
      if index < types.count { variations.append(.without(types[index])) }
    }
    for step in 1...8 { variations.append(.budget(1 - 0.002 * Double(step))) }
    return variations
  }

  /// The problem that this variation solves in place of another.
  ///
  /// - Parameters:
  ///   - tensors: the tensors with losses that grow at another rate.
  ///   - offered: all types that may be chosen.
  func problem(
    from problem: PlanProblem, offered: [TensorType], tensors: (LossGrowth) -> [MeasuredTensor]
  ) -> PlanProblem {
    var varied = problem
    switch self {
    case .growth(let growth):
      // The growth of losses that are no divergence is not known.
      if problem.unit == .nats { varied.tensors = tensors(growth) }
    case .without(let type):
      varied.constraints.types = (problem.constraints.types ?? offered).filter { $0 != type }
    case .budget(let share):
      varied.pools = problem.pools.map { pool in
        var pool = pool
        pool.budget = Int(share * Double(pool.budget))
        return pool
      }
    }
    return varied
  }
}
