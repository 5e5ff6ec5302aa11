/// A multiple-choice knapsack in canonical form: choices by name, dominated candidates out, bytes
/// in the largest unit that divides every difference.
///
/// The unit matters: tensors of a model have few distinct sizes, so it is often tens of KiB. In
/// units the search meets the same totals again and again and keeps the best of each, and the
/// budget loses the part that no allocation could use, which tightens the bound.
struct AllocationProblem {
  let classes: [ItemClass]
  /// Where the choice of each class stands in the caller's order.
  let order: [Int]
  /// The bytes of a unit.
  let unit: Int
  /// The units to spend above the smallest item of every class.
  let capacity: Int
  /// The bytes of the smallest and of the least lossy allocation, fixed bytes included.
  let feasible: ClosedRange<Int>

  /// Brings `choices` into canonical form. Throws where a choice is empty or holds an invalid
  /// number, and where the budget does not hold the smallest allocation.
  init(_ choices: [Choice], budget: Int, fixedBytes: Int) throws(AllocationError) {
    try Self.validate(choices, fixedBytes: fixedBytes)
    order = choices.indices.sorted {
      let (a, b) = (choices[$0].names, choices[$1].names)
      return a == b ? $0 < $1 : a.lexicographicallyPrecedes(b)
    }
    let undominated = order.map { ItemClass.undominated(choices[$0].candidates) }
    var smallest = fixedBytes
    var largest = fixedBytes
    var divisor = 0
    for (place, indices) in zip(order, undominated) {
      let bytes = indices.map { choices[place].candidates[$0].bytes }
      smallest += bytes[0]
      largest += bytes[bytes.count - 1]
      for value in bytes { divisor = greatestCommonDivisor(divisor, value - bytes[0]) }
    }
    feasible = smallest...largest
    guard budget >= smallest else {
      throw .infeasible(budget: budget, feasible: feasible)
    }
    let unit = max(divisor, 1)
    classes = zip(order, undominated).map {
      ItemClass(choices[$0].candidates, undominated: $1, unit: unit)
    }
    capacity = (min(budget, largest) - smallest) / unit
    self.unit = unit
  }

  /// The units that these items take.
  func units(of items: [Int]) -> Int {
    zip(classes, items).reduce(0) { $0 + $1.0.items[$1.1].units }
  }

  /// The loss of these items, summed in canonical order.
  func loss(of items: [Int]) -> Double {
    zip(classes, items).reduce(0) { $0 + $1.0.items[$1.1].loss }
  }

  /// The squared standard error of `loss(of:)`, summed in canonical order.
  func variance(of items: [Int], _ choices: [Choice]) -> Double {
    sum(of: items, choices, \.variance)
  }

  /// The seconds of a generated token, summed in canonical order.
  func seconds(of items: [Int], _ choices: [Choice]) -> Double {
    sum(of: items, choices, \.seconds)
  }

  private func sum(
    of items: [Int], _ choices: [Choice], _ cost: KeyPath<Candidate, Double>
  ) -> Double {
    let selection = selection(of: items)
    return order.reduce(0) { $0 + choices[$1].candidates[selection[$1]][keyPath: cost] }
  }

  /// The candidates of these items, in the caller's order.
  func selection(of items: [Int]) -> [Int] {
    var selection = [Int](repeating: 0, count: order.count)
    for (number, place) in order.enumerated() {
      selection[place] = classes[number].items[items[number]].index
    }
    return selection
  }

  /// For a selection of candidates, in the caller's order: the items that take no more bytes and lose
  /// no more than it.
  func items(atLeastAsGoodAs selection: [Int], of choices: [Choice]) -> [Int] {
    zip(order, classes).map { place, itemClass in
      let candidates = choices[place].candidates
      let bytes = candidates[selection[place]].bytes
      return itemClass.items.lastIndex { candidates[$0.index].bytes <= bytes } ?? 0
    }
  }

  private static func validate(_ choices: [Choice], fixedBytes: Int) throws(AllocationError) {
    // Sums of so many stay below 2⁵³: no overflow, and exact as Double.
    let most = max(0, (1 << 53) - fixedBytes) / max(1, choices.count)
    for choice in choices {
      guard !choice.candidates.isEmpty else { throw .noCandidates(names: choice.names) }
      for candidate in choice.candidates {
        let numbers = [candidate.loss, candidate.variance, candidate.seconds]
        guard numbers.allSatisfy({ $0 >= 0 && $0.isFinite }), (0...most).contains(candidate.bytes)
        else {
          throw .invalidCandidate(names: choice.names, type: candidate.type)
        }
      }
    }
  }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  var (a, b) = (a, b)
  while b != 0 { (a, b) = (b, a % b) }
  return a
}
