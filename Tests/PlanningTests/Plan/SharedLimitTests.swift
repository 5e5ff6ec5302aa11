import GGUF
import Planning
import Statistics
import TestSupport
import Testing

/// Small problems in which a decision spends from several limits, held against every selection there is.
@Suite("A plan whose tensors share limits")
struct SharedLimitTests {
  /// A dense model whose output is its embeddings, so that every tensor is read whole.
  private static let reads = TokenReads(of: Metadata(), tensors: [])!

  /// Six tensors with five types each, of random sizes and losses.
  private static func tensors(_ generator: inout SeededGenerator) -> [MeasuredTensor] {
    (0..<6).map { number in
      let columns = 256 * Int.random(in: 1...6, using: &generator)
      return PlanFixtures.tensor(
        "blk.\(number / 2).ffn_\(number % 2 == 0 ? "up" : "gate").weight", columns: columns,
        scale: .random(in: 0.1...9, using: &generator),
        types: [.IQ2_K, .IQ3_K, .IQ4_KSS, .IQ5_K, .Q8_0])
    }
  }

  /// Every way to give the tensors types, with what it takes.
  private static func selections(of problem: PlanProblem) -> [Selection] {
    let tied = problem.constraints.ties.flatMap { $0.groups(of: problem.tensors.map(\.name)) }
    let start = [Selection(bytes: problem.pools.map(\.fixedBytes))]
    return problem.tensors.enumerated().reduce(start) { selections, tensor in
      let pool = problem.pools.place(of: tensor.element.name)
      return selections.flatMap { selection in
        tensor.element.candidates.compactMap { candidate in
          let isFree = tied.allSatisfy { group in
            guard let place = group.firstIndex(of: tensor.offset), place > 0 else { return true }
            return selection.types[group[0]] == candidate.type
          }
          guard isFree else { return nil }
          var next = selection
          next.types.append(candidate.type)
          next.loss += candidate.loss
          next.bytes[pool] += candidate.bytes
          if let rate = problem.timing?.rates[pool] {
            next.seconds += Double(candidate.bytes) / rate.bytesPerSecond(candidate.type)
          }
          return next
        }
      }
    }
  }

  private struct Selection {
    var types: [TensorType] = []
    var loss = 0.0
    var bytes: [Int]
    var seconds = 0.0
  }

  /// The least loss within the limits; nil where nothing fits.
  private static func leastLoss(of problem: PlanProblem, _ selections: [Selection]) -> Double? {
    selections.filter { selection in
      zip(selection.bytes, problem.pools).allSatisfy { $0 <= $1.budget }
        && selection.seconds <= 1 / (problem.timing?.minSpeed ?? 1e-300)
    }.map(\.loss).min()
  }

  private static func pools(
    _ tensors: [MeasuredTensor], bits: ClosedRange<Double>, _ generator: inout SeededGenerator
  ) throws -> [Pool] {
    let pattern = try TensorPattern("ffn_up")
    func budget(_ isFirst: Bool) -> Int {
      let weights = tensors.filter { pattern.matches($0.name) == isFirst }.reduce(0) {
        $0 + $1.shape.columns * $1.shape.rows
      }
      return Int(Double.random(in: bits, using: &generator) * Double(weights) / 8)
    }
    return [
      Pool(name: "gpu", pattern: pattern, budget: budget(true)),
      Pool(name: "cpu", budget: budget(false)),
    ]
  }

  @Test(
    "decides a tie across pools as well as any selection does",
    arguments: ["blk.0", "ffn_", "block:ffn_"])
  func tieAcrossPools(tie: String) throws {
    var generator = SeededGenerator(seed: 11)
    var solved = 0
    for _ in 0..<20 {
      let tensors = Self.tensors(&generator)
      let problem = PlanProblem(
        tensors: tensors, constraints: Constraints(ties: [try Tie(tie)]),
        pools: try Self.pools(tensors, bits: 2...5, &generator), unit: .nats)
      guard let least = Self.leastLoss(of: problem, Self.selections(of: problem)) else {
        #expect(throws: PlanError.self) { try Plan.optimal(for: problem) }
        continue
      }
      let plan = try Plan.optimal(for: problem)
      // Three ties of five types each are too many to try all of them.
      let isSearched = tie == "block:ffn_"
      #expect(plan.lowerBound <= least * (1 + 1e-9))
      #expect(plan.loss <= least * (isSearched ? 1.05 : 1 + 1e-9))
      #expect(plan.isOptimal || isSearched)
      solved += 1
    }
    #expect(solved >= 10)
  }

  @Test("keeps a least speed, and is nearly the best that does", arguments: [false, true])
  func leastSpeed(isMeasured: Bool) throws {
    var generator = SeededGenerator(seed: 5)
    let speeds = try TypeSpeeds(
      parsing: """
        model_filename,model_size,n_prompt,n_gen,avg_ts
        a-iq2_k.gguf,1000,0,9,70
        a-iq3_k.gguf,1000,0,9,50
        a-iq4_kss.gguf,1000,0,9,90
        a-iq5_k.gguf,1000,0,9,60
        a-q8_0.gguf,1000,0,9,100
        """)
    var excess: [Double] = []
    for _ in 0..<40 {
      let tensors = Self.tensors(&generator)
      let rate = isMeasured ? MemoryRate.measured(speeds) : .bandwidth(1e5)
      var problem = PlanProblem(
        tensors: tensors, pools: try Self.pools(tensors, bits: 3...8, &generator),
        timing: TokenTiming(Self.reads, rates: [rate, .bandwidth(5e4)]), unit: .nats)
      let all = Self.selections(of: problem)
      let times = all.map(\.seconds)
      let (least, most) = (try #require(times.min()), try #require(times.max()))
      problem.timing?.minSpeed =
        1 / (least + (most - least) * .random(in: 0.05...0.9, using: &generator))
      guard let best = Self.leastLoss(of: problem, all) else { continue }
      let plan = try Plan.optimal(for: problem)
      let chosen = try #require(all.first { $0.types == plan.entries.map(\.type) })
      #expect(chosen.seconds <= 1 / (problem.timing?.minSpeed ?? 0))
      #expect(plan.lowerBound <= best * (1 + 1e-9) && plan.loss >= best * (1 - 1e-9))
      #expect(!plan.isOptimal || plan.loss <= best * (1 + 1e-8))
      excess.append(plan.loss / best - 1)
    }
    // Six tensors are the worst there is: a single one decides how much of a limit is left.
    #expect(excess.count >= 30)
    #expect(excess.reduce(0, +) / Double(excess.count) < 0.05)
  }

  @Test("costs what the least speed costs, and says so")
  func price() throws {
    var problem = PlanProblem(
      tensors: PlanFixtures.model, budget: PlanFixtures.budget(bits: 5), unit: .nats)
    let free = try Plan.optimal(for: problem)
    problem.timing = TokenTiming(Self.reads, rates: [.bandwidth(1e9)], minSpeed: 2300)
    let fast = try Plan.optimal(for: problem)
    #expect(
      fast.prices.map(\.constraint) == ["2300 tokens a second (--min-speed)"])
    #expect(isClose(fast.prices[0].loss, fast.loss - free.loss) && fast.loss > free.loss)
    for baseline in fast.baselines {
      #expect(baseline.fits == (Double(baseline.bytes) / 1e9 <= 1.0 / 2300))
    }
  }

  @Test("is refused where nothing is as fast, with the fastest there is")
  func tooSlow() throws {
    let problem = PlanProblem(
      tensors: PlanFixtures.model, pools: [Pool(budget: 1 << 40)],
      timing: TokenTiming(Self.reads, rates: [.bandwidth(1e9)], minSpeed: 1e9), unit: .nats)
    let error = #expect(throws: PlanError.self) { try Plan.optimal(for: problem) }
    guard case .tooSlow(1e9, let fastest)? = error else {
      Issue.record("not the expected error: \(String(describing: error))")
      return
    }
    var possible = problem
    possible.timing?.minSpeed = fastest * (1 - 1e-12)
    #expect(
      try Plan.optimal(for: possible).entries.allSatisfy { [.IQ2_K, .F32].contains($0.type) })
  }
}
