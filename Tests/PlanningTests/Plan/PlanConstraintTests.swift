import GGUF
import Planning
import Statistics
import Testing

@Suite("A plan under constraints")
struct PlanConstraintTests {
  private func plan(_ constraints: Constraints, bits: Double = 4.3) throws -> Plan {
    try Plan.optimal(
      for: PlanProblem(
        tensors: PlanFixtures.model, constraints: constraints,
        budget: PlanFixtures.budget(bits: bits), unit: .nats))
  }

  /// All plans of five tensors and two types that keep `isKept`, by force.
  private func leastLoss(
    budget: Int, types: [TensorType], where isKept: ([String: TensorType]) -> Bool
  ) -> Double {
    let free = PlanFixtures.model.filter { !$0.candidates.isEmpty }
    var least = Double.infinity
    func choose(_ index: Int, _ chosen: [String: TensorType], _ bytes: Int, _ loss: Double) {
      guard bytes <= budget else { return }
      guard index < free.count else {
        if isKept(chosen) { least = min(least, loss) }
        return
      }
      for candidate in free[index].candidates where types.contains(candidate.type) {
        var chosen = chosen
        chosen[free[index].name] = candidate.type
        choose(index + 1, chosen, bytes + candidate.bytes, loss + candidate.loss)
      }
    }
    choose(0, [:], 2048, 0)
    return least
  }

  @Test("is the best of all that keep its ties", arguments: [3.2, 3.9, 4.3, 5.1])
  func tiesAreOptimal(bits: Double) throws {
    let types: [TensorType] = [.IQ2_K, .IQ3_K, .IQ4_KS, .IQ5_K]
    let plan = try plan(
      Constraints(ties: [try Tie("ffn_"), try Tie("attn_[qv]|output")], types: types), bits: bits)
    let least = leastLoss(budget: plan.budget, types: types) {
      $0["blk.0.ffn_up.weight"] == $0["blk.0.ffn_down.weight"]
        && $0["blk.0.attn_q.weight"] == $0["blk.0.attn_v.weight"]
        && $0["blk.0.attn_q.weight"] == $0["output.weight"]
    }
    #expect(isClose(plan.loss, least))
    #expect(plan.type(of: "blk.0.ffn_up.weight") == plan.type(of: "blk.0.ffn_down.weight"))
  }

  @Test("gives what drafts its floor, prices that, and still compares itself with single types")
  func draftFloor() throws {
    let draft = PlanFixtures.tensor("blk.1.nextn.eh_proj.weight", scale: 1e-6)
    let tensors = PlanFixtures.model + [draft]
    func plan(_ floor: TypeRule?) throws -> Plan {
      try Plan.optimal(
        for: PlanProblem(
          tensors: tensors, constraints: Constraints(draftFloor: floor),
          budget: PlanFixtures.budget(bits: 5, of: tensors), unit: .nats))
    }
    let (floored, free) = (try plan(TypeRule(#"^blk\.1\.=q8_0"#)), try plan(nil))
    #expect(floored.type(of: draft.name) == .Q8_0 && free.type(of: draft.name) == .IQ2_K)
    #expect(floored.prices.map(\.constraint) == [#"draft floor ‘^blk\.1\.=q8_0’ (--draft-floor)"#])
    #expect(isClose(floored.prices[0].loss, floored.loss - free.loss))
    let single = try #require(floored.baselines.first { $0.kind.name == "iq4_kss" })
    #expect(single.isReachable && single.fits && single.loss > floored.loss)
  }

  @Test("joins ties that share a tensor into one")
  func tiesOverlap() throws {
    let plan = try plan(Constraints(ties: [try Tie("ffn_"), try Tie("ffn_up|attn_q")]))
    let tied = ["blk.0.ffn_up.weight", "blk.0.ffn_down.weight", "blk.0.attn_q.weight"]
    #expect(Set(tied.map { plan.type(of: $0) }).count == 1)
  }

  @Test("gives experts that are stored apart one type")
  func experts() throws {
    let experts = (0..<4).map {
      PlanFixtures.tensor("blk.0.ffn_up.\($0).weight", scale: [0.01, 1, 30, 0.2][$0])
    }
    let tensors = PlanFixtures.model + experts
    let plan = try Plan.optimal(
      for: PlanProblem(
        tensors: tensors, budget: PlanFixtures.budget(bits: 4, of: tensors), unit: .nats))
    #expect(Set(experts.map { plan.type(of: $0.name) }).count == 1)
  }

  @Test("gives a tied tensor the type that another one is pinned to")
  func pinnedTie() throws {
    let plan = try plan(
      Constraints(pins: [try TypeRule("ffn_up=iq6_k")], ties: [try Tie("ffn_")]), bits: 5)
    #expect(plan.type(of: "blk.0.ffn_down.weight") == .IQ6_K)
  }

  @Test("keeps floors and ceilings")
  func floorsAndCeilings() throws {
    let constraints = Constraints(
      floors: [try TypeRule("embd=iq4_k")], ceilings: [try TypeRule("output=iq4_kss")])
    let plan = try plan(constraints)
    #expect(try #require(plan.type(of: "token_embd.weight")).nominalBitsPerWeight >= 4.5)
    #expect(try #require(plan.type(of: "output.weight")).nominalBitsPerWeight <= 4)
  }

  @Test("tells what each constraint costs: what the plan would save without it")
  func prices() throws {
    let constraints = Constraints(
      pins: [try TypeRule("attn_v=iq2_k")], floors: [try TypeRule("output=iq2_k")],
      ceilings: [try TypeRule("output=iq4_kss")], ties: [try Tie("ffn_|embd")])
    let plan = try plan(constraints)
    #expect(
      plan.prices.map(\.constraint) == [
        "pin ‘attn_v=iq2_k’", "floor ‘output=iq2_k’", "ceiling ‘output=iq4_kss’", "tie ‘ffn_|embd’",
      ])
    for (price, key) in zip(plan.prices, [0, 1, 2, 3]) {
      var relaxed = constraints
      switch key {
      case 0: relaxed.pins = []
      case 1: relaxed.floors = []
      case 2: relaxed.ceilings = []
      default: relaxed.ties = []
      }
      #expect(isClose(price.loss, plan.loss - (try self.plan(relaxed).loss)))
    }
    #expect(plan.prices[0].loss > 0 && plan.prices[1].loss == 0)
    #expect(plan.prices[2].loss > 0 && plan.prices[3].loss > 0)
  }

  @Test("is refused where tied tensors have no type in common")
  func tieWithoutType() throws {
    let tie = try Tie("ffn_")
    let pins = [try TypeRule("ffn_up=iq6_k"), try TypeRule("ffn_down=iq2_k")]
    let tensors = ["blk.0.ffn_up.weight", "blk.0.ffn_down.weight"]
    #expect(throws: PlanError.constraint(.tieWithoutType(tensors: tensors, ties: [tie]))) {
      try plan(Constraints(pins: pins, ties: [tie]))
    }
  }

  @Test("warns of a tie that ties nothing")
  func idleTie() throws {
    let tie = try Tie("attn_k")
    #expect(try plan(Constraints(ties: [tie])).warnings == [.tiesNothing(tie)])
  }
}
