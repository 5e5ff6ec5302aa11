import Foundation
import GGUF
import Planning

/// How fast instances of one kind are solved, one thread, and how well.
struct AllocationFigures: Encodable {
  let shape: String
  let losses: String
  let tensors: Int
  let instances: Int
  /// How many are proved.
  let proved: Int
  /// Milliseconds of the processor.
  let median: Double
  let worst: Double
  /// The largest gap of those that are not proved.
  let worstGap: Double

  enum CodingKeys: String, CodingKey {
    case shape, losses, tensors, instances, proved, median, worst
    case worstGap = "worst_gap"
  }

  /// Solves `count` instances, each with losses and a budget of its own: half of the budgets
  /// anywhere in the feasible interval, half in its lower quarter, where models are.
  init(
    measuring losses: LossStyle, of shape: ModelShape, types: [TensorType], count: Int
  ) throws {
    var random = Gaussian(state: 1)
    var times: [Double] = []
    var gaps: [Double] = []
    for number in 0..<count {
      let choices = losses.choices(of: shape, types: types, using: &random)
      // A file's header, which aligns to nothing.
      let fixed = 5_000_000 + Int(1e6 * random.uniform())
      let feasible = try Frontier(of: choices, fixedBytes: fixed).feasible
      let share = random.uniform() * (number % 2 == 0 ? 1 : 0.25)
      let budget = feasible.lowerBound + Int(share * Double(feasible.count - 1))
      let start = clock()
      let allocation = try Allocation.optimal(of: choices, budget: budget, fixedBytes: fixed)
      times.append(1000 * Double(clock() - start) / Double(CLOCKS_PER_SEC))
      if !allocation.isOptimal { gaps.append(allocation.gap) }
    }
    self.shape = shape.name
    self.losses = losses.rawValue
    tensors = shape.tensors.count
    instances = count
    proved = count - gaps.count
    median = times.sorted()[count / 2]
    worst = times.max()!
    worstGap = gaps.max() ?? 0
  }

  var line: String {
    String(
      format: "%@ %@ %5d tensors  %4d of %4d proved  %7.1f ms median %7.1f ms worst  gap %.2g",
      shape.padding(toLength: 13, withPad: " ", startingAt: 0),
      losses.padding(toLength: 13, withPad: " ", startingAt: 0), tensors, proved, instances, median,
      worst, worstGap)
  }
}
