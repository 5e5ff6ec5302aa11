import GGUF
import Planning
import Statistics
import Testing

@Suite("A plan")
struct PlanTests {
  private static func plan(
    _ tensors: [MeasuredTensor] = PlanFixtures.model, _ constraints: Constraints = Constraints(),
    bits: Double = 4.2
  ) throws -> Plan {
    try Plan.optimal(
      for: PlanProblem(
        tensors: tensors, constraints: constraints,
        budget: PlanFixtures.budget(bits: bits, of: tensors) + 900, fixedBytes: 900, unit: .nats))
  }

  @Test("is within its budget and proved, and its totals are those of its tensors")
  func totals() throws {
    let plan = try Self.plan()
    #expect(plan.isOptimal && plan.gap == 0 && plan.lowerBound == plan.loss)
    #expect(plan.bytes <= plan.budget)
    #expect(plan.bytes == plan.entries.reduce(900) { $0 + $1.bytes })
    #expect(isClose(plan.loss, plan.entries.reduce(0) { $0 + $1.loss }))
    let variance = plan.entries.reduce(0) { $0 + $1.standardError * $1.standardError }
    #expect(isClose(plan.standardError * plan.standardError, variance))
    #expect(plan.entries.map(\.name) == PlanFixtures.model.map(\.name))
    #expect(plan.warnings.isEmpty)
  }

  @Test("gives more bits where they save more loss")
  func spendsWhereItMatters() throws {
    let plan = try Self.plan()
    let bits = { (name: String) in plan.type(of: name)!.nominalBitsPerWeight }
    #expect(bits("output.weight") > bits("blk.0.ffn_up.weight"))
    #expect(bits("blk.0.ffn_up.weight") > bits("token_embd.weight"))
  }

  @Test("is never worse than a single type that fits", arguments: [2.5, 3, 3.5, 4.1, 5, 7, 9])
  func beatsBaselines(bits: Double) throws {
    let plan = try Self.plan(bits: bits)
    #expect(plan.baselines.map(\.kind) == PlanFixtures.types.map { .type($0) })
    for baseline in plan.baselines {
      #expect(baseline.fits == (baseline.bytes <= plan.budget))
      if baseline.fits { #expect(plan.loss <= baseline.loss * (1 + 1e-12)) }
    }
  }

  @Test("counts a single type with pins, kept tensors and fixed bytes")
  func baselineCosts() throws {
    let pin = try TypeRule("output=q8_0")
    let plan = try Self.plan(PlanFixtures.model, Constraints(pins: [pin]), bits: 5)
    let single = try #require(plan.baselines.first { $0.kind == .type(.IQ4_K) })
    let bytes = PlanFixtures.model.reduce(900) { sum, tensor in
      let type: TensorType = tensor.name == "output.weight" ? .Q8_0 : .IQ4_K
      return sum + (tensor.candidates.first { $0.type == type }?.bytes ?? tensor.bytes)
    }
    #expect(single.bytes == bytes)
  }

  @Test("has as baselines only types that every movable tensor allows")
  func baselinesOfAll() throws {
    let narrow = PlanFixtures.tensor("blk.0.attn_k_b.weight", columns: 96, types: [.Q8_0, .IQ4_NL])
    let plan = try Self.plan(PlanFixtures.model + [narrow], bits: 6)
    #expect(plan.baselines.map(\.kind) == [.type(.Q8_0)])
  }

  @Test("keeps pins and floors, and says so")
  func keepsConstraints() throws {
    let constraints = Constraints(
      pins: [try TypeRule("attn_q=iq6_k")], floors: [try TypeRule("token_embd|ffn_up=iq4_k")])
    let plan = try Self.plan(PlanFixtures.model, constraints, bits: 4.6)
    #expect(plan.type(of: "blk.0.attn_q.weight") == .IQ6_K)
    for name in ["token_embd.weight", "blk.0.ffn_up.weight"] {
      #expect(plan.type(of: name)!.nominalBitsPerWeight >= 4.5)
    }
    #expect(plan.entries[2].reason == .pinned(constraints.pins[0]))
    #expect(plan.entries[2].reason.sentence(in: .nats) == "pinned by ‘attn_q=iq6_k’")
  }

  @Test("says why each tensor has its type")
  func reasons() throws {
    let odd = PlanFixtures.tensor("blk.0.odd.weight", columns: 20)
    let single = PlanFixtures.tensor("blk.0.one.weight", types: [.IQ4_K])
    let plan = try Self.plan(PlanFixtures.model + [odd, single], bits: 6)
    let reasons = Dictionary(uniqueKeysWithValues: plan.entries.map { ($0.name, $0.reason) })
    #expect(reasons["blk.0.attn_norm.weight"]?.sentence(in: .nats) == "kept: one-dimensional")
    #expect(reasons["blk.0.odd.weight"] == .noTypeFits)
    #expect(reasons["blk.0.one.weight"] == .onlyType)
    #expect(plan.type(of: "blk.0.odd.weight") == .BF16)
    let all = try Self.plan(bits: 9)
    #expect(all.entries[0].reason == .chosen(next: nil))
    #expect(all.entries[0].reason.sentence(in: .nats) == "optimum; no better type")
  }

  @Test("names the upgrade that gains most per byte")
  func nextUpgrade() throws {
    let tensor = MeasuredTensor(
      name: "a.weight", shape: TensorShape([256, 4]), type: .BF16, bytes: 2048,
      candidates: [
        Candidate(type: .IQ3_K, bytes: 10_000, loss: 0.0004),
        Candidate(type: .IQ4_K, bytes: 28_432, loss: 0.00028),
        Candidate(type: .IQ5_K, bytes: 40_000, loss: 0.00025),
      ])
    let plan = try Plan.optimal(
      for: PlanProblem(tensors: [tensor], budget: 20_000, unit: .nats))
    #expect(
      plan.entries[0].reason.sentence(in: .nats)
        == "optimum; next upgrade iq4_k saves 0.00012 nats for 18 KiB more")
  }

  @Test("to the type that a tensor has needs no measurement; to another one it does")
  func unmeasuredPins() throws {
    let keep = Constraints(pins: [try TypeRule("^output=bf16")])
    let plan = try Self.plan(PlanFixtures.model, keep, bits: 9)
    #expect(plan.entries.last?.type == .BF16 && plan.entries.last?.loss == 0)
    #expect(throws: PlanError.unmeasured(tensor: "output.weight", type: .Q6_K)) {
      try Self.plan(PlanFixtures.model, Constraints(pins: [try TypeRule("^output=q6_K")]))
    }
  }

  @Test("warns of rules that have no effect")
  func warnings() throws {
    let constraints = Constraints(
      pins: [try TypeRule("blk=iq4_k"), try TypeRule("attn_q=iq5_k"), try TypeRule("norm=q8_0")],
      floors: [try TypeRule("ssm=iq4_k")])
    let plan = try Self.plan(PlanFixtures.model, constraints, bits: 6)
    #expect(
      plan.warnings == [
        .matchesOnlyKept(constraints.pins[2]), .matchesNothing(constraints.floors[0]),
        .shadowed(constraints.pins[1]),
      ])
  }

  @Test("is refused with the feasible interval where the budget is too small")
  func infeasible() throws {
    let error = #expect(throws: PlanError.self) { try Self.plan(bits: 1) }
    guard case .infeasible(nil, _, let feasible)? = error else {
      Issue.record("not the expected error: \(String(describing: error))")
      return
    }
    let atLeast = try Plan.optimal(
      for: PlanProblem(
        tensors: PlanFixtures.model, budget: feasible.lowerBound, fixedBytes: 900, unit: .nats))
    #expect(atLeast.bytes == feasible.lowerBound)
  }

  @Test("becomes a recipe that gives every tensor its type, and none to kept ones")
  func recipe() throws {
    let plan = try Self.plan()
    let recipe = try plan.recipe()
    let assigned = try recipe.assignment(of: plan.entries.map(\.name)).types
    for (entry, type) in zip(plan.entries, assigned) {
      if case .kept = entry.reason {
        #expect(type == nil)
      } else {
        #expect(type == entry.type)
      }
    }
  }

  @Test(
    "for the mainline runtime uses only types that llama.cpp loads, and its recipe is read there")
  func mainline() throws {
    let tensors = [
      PlanFixtures.tensor("blk.0.A.weight", types: [.IQ4_KSS, .Q4_K, .Q6_K]),
      PlanFixtures.tensor("blk.1.A.weight", types: [.IQ4_KSS, .Q4_K, .Q6_K]),
    ]
    let plan = try Self.plan(tensors, Constraints(runtime: .mainline), bits: 5.6)
    #expect(Set(plan.entries.map(\.type)) == [.Q4_K, .Q6_K])
    let read = try Runtime.mainline.types(of: plan.entries.map(\.name), under: plan.recipe())
    #expect(read == plan.entries.map(\.type))
  }
}
