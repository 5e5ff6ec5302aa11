/// One of several shares of a command's work, each for a process of its own.
package struct WorkShare: Sendable, Equatable {
  /// Which one, from 1 to `count`.
  package let number: Int
  /// How many there are.
  package let count: Int

  /// The whole work.
  package static let all = WorkShare(number: 1, of: 1)!

  /// A share; nil where `number` is not one of 1 to `count`.
  package init?(number: Int, of count: Int) {
    guard count >= 1, 1...count ~= number else { return nil }
    self.number = number
    self.count = count
  }

  /// The items of this share where each share takes a stretch of consecutive items, of about the same cost. Every item is
  /// in just one share, which depends on the costs alone.
  ///
  /// - Parameter costs: of each item; finite, not negative.
  package func consecutive(_ costs: [Double]) -> Range<Int> {
    let total = costs.reduce(0, +)
    guard total > 0 else { return number == 1 ? costs.indices : costs.count..<costs.count }
    var before = 0.0
    var first: Int?
    var end = 0
    for (index, cost) in costs.enumerated() {
      // The middle of an item says whose it is.
      let place = min(Int((before + cost / 2) / total * Double(count)), count - 1)
      before += cost
      guard place == number - 1 else { continue }
      first = first ?? index
      end = index + 1
    }
    return first.map { $0..<end } ?? 0..<0
  }

  /// The items of this share where their order does not matter: the most expensive go first, each to the share that has
  /// least so far (longest processing time first: Graham, 1969).
  ///
  /// - Parameter costs: of each item; finite, not negative.
  package func balanced(_ costs: [Double]) -> [Int] {
    var loads = [Double](repeating: 0, count: count)
    var own: [Int] = []
    let byCost = costs.indices.sorted { (costs[$1], $0) < (costs[$0], $1) }
    for item in byCost {
      let place = loads.indices.min { loads[$0] < loads[$1] }!
      loads[place] += costs[item]
      if place == number - 1 { own.append(item) }
    }
    return own.sorted()
  }
}

extension WorkShare: CustomStringConvertible {
  package var description: String { "\(number)/\(count)" }
}

extension WorkShare {
  /// The share that a scheduler has given to this process; nil where none has.
  ///
  /// Slurm counts the tasks of an array from a number of its own, in steps (`man sbatch`, OUTPUT ENVIRONMENT
  /// VARIABLES); Kubernetes counts from 0 and does not say how many there are (Indexed Job).
  package static func scheduled(
    of count: Int?, in environment: [String: String]
  ) -> WorkShare? {
    func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
    if let task = number("SLURM_ARRAY_TASK_ID") {
      let (first, step) = (
        number("SLURM_ARRAY_TASK_MIN") ?? 1, number("SLURM_ARRAY_TASK_STEP") ?? 1
      )
      guard step > 0, let count = count ?? number("SLURM_ARRAY_TASK_COUNT") else { return nil }
      let (offset, overflow) = task.subtractingReportingOverflow(first)
      guard !overflow, offset >= 0, offset.isMultiple(of: step) else { return nil }
      return WorkShare(number: offset / step + 1, of: count)
    }
    guard let index = number("JOB_COMPLETION_INDEX"), let count, index < Int.max else { return nil }
    return WorkShare(number: index + 1, of: count)
  }
}
