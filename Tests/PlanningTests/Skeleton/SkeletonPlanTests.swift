import GGUF
import Planning
import Statistics
import Testing

@Suite("A plan from a skeleton")
struct SkeletonPlanTests {
  private let names = PlanFixtures.model.map(\.name).filter { !$0.contains("norm") }
  /// The candidates, from the smallest; none is dominated.
  private let ladder = PlanFixtures.types

  private func skeleton(_ type: TensorType, _ other: [String: TensorType] = [:]) -> Mix {
    let types = Dictionary(uniqueKeysWithValues: names.map { ($0, type) })
    return Mix(name: "SKELETON", types: types.merging(other) { $1 })
  }

  private func plan(
    _ skeleton: Mix, maxMoves: Int?, constraints: Constraints = Constraints(), bits: Double = 4.3
  ) throws -> Plan {
    try Plan.optimal(
      for: PlanProblem(
        tensors: PlanFixtures.model, constraints: constraints,
        pools: [Pool(budget: PlanFixtures.budget(bits: bits))], unit: .nats, skeleton: skeleton,
        maxMoves: maxMoves))
  }

  @Test(
    "moves no tensor by more than the steps allowed, and within them is the best", arguments: 0...3)
  func bounds(maxMoves: Int) throws {
    let plan = try plan(skeleton(.IQ4_KSS), maxMoves: maxMoves)
    let start = ladder.firstIndex(of: .IQ4_KSS)!
    let reachable = ladder[max(0, start - maxMoves)...min(ladder.count - 1, start + maxMoves)]
    for entry in plan.entries where names.contains(entry.name) {
      #expect(reachable.contains(entry.type))
    }
    let limited = try Plan.optimal(
      for: PlanProblem(
        tensors: PlanFixtures.model, constraints: Constraints(types: Array(reachable)),
        budget: plan.budget, unit: .nats))
    #expect(isClose(plan.loss, limited.loss))
  }

  @Test("without a limit is the best plan there is, and never worse than the skeleton")
  func free() throws {
    let mix = skeleton(.IQ4_KS, ["output.weight": .IQ6_K, "token_embd.weight": .IQ3_K])
    let free = try plan(mix, maxMoves: nil)
    let best = try Plan.optimal(
      for: PlanProblem(tensors: PlanFixtures.model, budget: free.budget, unit: .nats))
    #expect(isClose(free.loss, best.loss))
    let baseline = try #require(free.baselines.first { $0.kind == .mix("SKELETON") })
    let atItsSize = try Plan.optimal(
      for: PlanProblem(
        tensors: PlanFixtures.model, pools: [Pool(budget: baseline.bytes)], unit: .nats,
        skeleton: mix, maxMoves: 1))
    #expect(atItsSize.loss <= baseline.loss && atItsSize.bytes <= baseline.bytes)
  }

  @Test("tells every move: whence, whither, how far, what it changes")
  func moves() throws {
    let mix = skeleton(.IQ4_KSS)
    let plan = try plan(mix, maxMoves: 2)
    for entry in plan.entries where names.contains(entry.name) {
      let move = plan.moves.first { $0.tensor == entry.name }
      #expect((move == nil) == (entry.type == .IQ4_KSS))
      guard let move else { continue }
      #expect(move.from == .IQ4_KSS && move.to == entry.type && move.forcedBy == nil)
      let start = ladder.firstIndex(of: .IQ4_KSS)!
      #expect(move.steps == ladder.firstIndex(of: entry.type)! - start)
      let tensor = try #require(PlanFixtures.model.first { $0.name == entry.name })
      let before = try #require(tensor.candidates.first { $0.type == .IQ4_KSS })
      #expect(move.bytes == entry.bytes - before.bytes)
      #expect(isClose(move.gain, before.loss - entry.loss))
    }
    #expect(plan.moves.contains { $0.steps > 0 } && plan.moves.contains { $0.steps < 0 })
  }

  @Test("gives pins and floors their way, and says that they forced the move")
  func forced() throws {
    let constraints = Constraints(
      pins: [try TypeRule("attn_q=q8_0")], floors: [try TypeRule("ffn_up=iq5_k")])
    let plan = try plan(skeleton(.IQ4_KSS), maxMoves: 0, constraints: constraints, bits: 6)
    #expect(plan.type(of: "blk.0.attn_q.weight") == .Q8_0)
    #expect(plan.type(of: "blk.0.ffn_up.weight") == .IQ5_K)
    #expect(plan.type(of: "output.weight") == .IQ4_KSS)
    #expect(
      plan.moves.map(\.forcedBy) == ["pinned by ‘attn_q=q8_0’", "iq4_kss is not allowed for it"])
  }

  @Test("starts tied tensors from the type next above what the skeleton gives them together")
  func ties() throws {
    let mix = skeleton(.IQ4_KSS, ["blk.0.ffn_down.weight": .IQ5_K])
    let plan = try plan(
      mix, maxMoves: 0, constraints: Constraints(ties: [try Tie("ffn_")]), bits: 6)
    #expect(plan.type(of: "blk.0.ffn_up.weight") == .IQ5_K)
    #expect(plan.type(of: "blk.0.ffn_down.weight") == .IQ5_K)
    #expect(plan.moves.map(\.forcedBy) == ["tied to tensors of another type"])
  }

  @Test("says in a sentence why a move pays")
  func sentences() {
    func sentence(bytes: Int, gain: Double) -> String {
      Move(
        tensor: "a", from: .IQ4_KS, to: .IQ4_K, steps: 1, bytes: bytes, gain: gain, forcedBy: nil
      ).sentence(unit: "nats", price: 1e-9)
    }
    #expect(
      sentence(bytes: 18_432, gain: 0.00012)
        == "saves 0.00012 nats for 18 KiB, worth 1.8e-05 at the margin")
    #expect(
      sentence(bytes: -18_432, gain: -3.4e-6)
        == "frees 18 KiB, worth 1.8e-05 at the margin, for 3.4e-06 nats")
    #expect(sentence(bytes: 0, gain: 0.001) == "saves 0.001 nats and takes no more bytes")
  }
}
