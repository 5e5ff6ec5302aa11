import GGUF
import Measurement
import Planning
import Testing

@Suite("A plan")
struct PlanTests {
  private static let types: [TensorType] = [
    .IQ2_K, .IQ3_K, .IQ4_KSS, .IQ4_KS, .IQ4_K, .IQ5_K, .IQ6_K, .Q8_0,
  ]

  /// A tensor with losses that shrink by 4 per bit from `scale`.
  private static func tensor(
    _ name: String, columns: Int = 512, scale: Double = 1, types: [TensorType] = types
  ) -> MeasuredTensor {
    let shape = TensorShape([columns, 256])
    return MeasuredTensor(
      name: name, shape: shape, type: .BF16,
      bytes: TensorType.BF16.bytes(rows: 256, columns: columns)!,
      candidates: types.compactMap { type in
        guard let bytes = type.bytes(rows: 256, columns: columns) else { return nil }
        var loss = scale
        for _ in 0..<Int(16 * type.nominalBitsPerWeight) { loss *= 0.917 }
        return Candidate(type: type, bytes: bytes, loss: loss, variance: loss * loss / 100)
      })
  }

  private static let model = [
    tensor("token_embd.weight", scale: 0.02),
    MeasuredTensor(
      name: "blk.0.attn_norm.weight", shape: TensorShape([512]), type: .F32, bytes: 2048,
      candidates: []),
    tensor("blk.0.attn_q.weight", scale: 0.1), tensor("blk.0.attn_v.weight", scale: 4),
    tensor("blk.0.ffn_up.weight", scale: 1), tensor("blk.0.ffn_down.weight", scale: 2),
    tensor("output.weight", scale: 8),
  ]

  private static func plan(
    _ tensors: [MeasuredTensor] = model, _ constraints: Constraints = Constraints(),
    bits: Double = 4.2
  ) throws -> Plan {
    let weights = tensors.filter { !$0.candidates.isEmpty }.reduce(0) {
      $0 + $1.shape.columns * $1.shape.rows
    }
    return try Plan.optimal(
      for: tensors, under: constraints, budget: Int(Double(weights) * bits / 8) + 3000,
      fixedBytes: 900, unit: .nats)
  }

  private static func type(of name: String, in plan: Plan) -> TensorType? {
    plan.entries.first { $0.name == name }?.type
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
    #expect(plan.entries.map(\.name) == Self.model.map(\.name))
    #expect(plan.warnings.isEmpty)
  }

  @Test("gives more bits where they save more loss")
  func spendsWhereItMatters() throws {
    let plan = try Self.plan()
    let bits = { (name: String) in Self.type(of: name, in: plan)!.nominalBitsPerWeight }
    #expect(bits("output.weight") > bits("blk.0.ffn_up.weight"))
    #expect(bits("blk.0.ffn_up.weight") > bits("token_embd.weight"))
  }

  @Test("is never worse than a single type that fits", arguments: [2.5, 3, 3.5, 4.1, 5, 7, 9])
  func beatsBaselines(bits: Double) throws {
    let plan = try Self.plan(bits: bits)
    #expect(plan.baselines.map(\.type) == Self.types)
    for baseline in plan.baselines {
      #expect(baseline.fits == (baseline.bytes <= plan.budget))
      if baseline.fits { #expect(plan.loss <= baseline.loss * (1 + 1e-12)) }
    }
  }

  @Test("counts a single type with pins, kept tensors and fixed bytes")
  func baselineCosts() throws {
    let pin = try TypeRule("output=q8_0")
    let plan = try Self.plan(Self.model, Constraints(pins: [pin]), bits: 5)
    let single = try #require(plan.baselines.first { $0.type == .IQ4_K })
    let bytes = Self.model.reduce(900) { sum, tensor in
      let type: TensorType = tensor.name == "output.weight" ? .Q8_0 : .IQ4_K
      return sum + (tensor.candidates.first { $0.type == type }?.bytes ?? tensor.bytes)
    }
    #expect(single.bytes == bytes)
  }

  @Test("has as baselines only types that every movable tensor allows")
  func baselinesOfAll() throws {
    let narrow = Self.tensor("blk.0.attn_k_b.weight", columns: 96, types: [.Q8_0, .IQ4_NL])
    let plan = try Self.plan(Self.model + [narrow], bits: 6)
    #expect(plan.baselines.map(\.type) == [.Q8_0])
  }

  @Test("keeps pins and floors, and says so")
  func keepsConstraints() throws {
    let constraints = Constraints(
      pins: [try TypeRule("attn_q=iq6_k")], floors: [try TypeRule("token_embd|ffn_up=iq4_k")])
    let plan = try Self.plan(Self.model, constraints, bits: 4.6)
    #expect(Self.type(of: "blk.0.attn_q.weight", in: plan) == .IQ6_K)
    for name in ["token_embd.weight", "blk.0.ffn_up.weight"] {
      #expect(Self.type(of: name, in: plan)!.nominalBitsPerWeight >= 4.5)
    }
    #expect(plan.entries[2].reason == .pinned(constraints.pins[0]))
    #expect(plan.entries[2].reason.sentence(in: .nats) == "pinned by ‘attn_q=iq6_k’")
  }

  @Test("says why each tensor has its type")
  func reasons() throws {
    let odd = Self.tensor("blk.0.odd.weight", columns: 20)
    let single = Self.tensor("blk.0.one.weight", types: [.IQ4_K])
    let plan = try Self.plan(Self.model + [odd, single], bits: 6)
    let reasons = Dictionary(uniqueKeysWithValues: plan.entries.map { ($0.name, $0.reason) })
    #expect(reasons["blk.0.attn_norm.weight"]?.sentence(in: .nats) == "kept: one-dimensional")
    #expect(reasons["blk.0.odd.weight"] == .noTypeFits)
    #expect(reasons["blk.0.one.weight"] == .onlyType)
    #expect(Self.type(of: "blk.0.odd.weight", in: plan) == .BF16)
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
    let plan = try Plan.optimal(for: [tensor], budget: 20_000, unit: .nats)
    #expect(
      plan.entries[0].reason.sentence(in: .nats)
        == "optimum; next upgrade iq4_k saves 0.00012 nats for 18 KiB more")
  }

  @Test("to the type that a tensor has needs no measurement; to another one it does")
  func unmeasuredPins() throws {
    let keep = Constraints(pins: [try TypeRule("^output=bf16")])
    let plan = try Self.plan(Self.model, keep, bits: 9)
    #expect(plan.entries.last?.type == .BF16 && plan.entries.last?.loss == 0)
    #expect(throws: PlanError.unmeasured(tensor: "output.weight", type: .Q6_K)) {
      try Self.plan(Self.model, Constraints(pins: [try TypeRule("^output=q6_K")]))
    }
  }

  @Test("warns of rules that have no effect")
  func warnings() throws {
    let constraints = Constraints(
      pins: [try TypeRule("blk=iq4_k"), try TypeRule("attn_q=iq5_k"), try TypeRule("norm=q8_0")],
      floors: [try TypeRule("ssm=iq4_k")])
    let plan = try Self.plan(Self.model, constraints, bits: 6)
    #expect(
      plan.warnings == [
        .matchesOnlyKept(constraints.pins[2]), .matchesNothing(constraints.floors[0]),
        .shadowed(constraints.pins[1]),
      ])
  }

  @Test("is refused with the feasible interval where the budget is too small")
  func infeasible() throws {
    let error = #expect(throws: PlanError.self) { try Self.plan(bits: 1) }
    guard case .allocation(.infeasible(_, let feasible)) = error else {
      Issue.record("not the expected error: \(String(describing: error))")
      return
    }
    let atLeast = try Plan.optimal(
      for: Self.model, budget: feasible.lowerBound, fixedBytes: 900, unit: .nats)
    #expect(atLeast.bytes == feasible.lowerBound && atLeast.feasible == feasible)
  }

  @Test("becomes a recipe that gives every tensor its type, and none to kept ones")
  func recipe() throws {
    let plan = try Self.plan()
    let recipe = try plan.recipe()
    let assigned = recipe.assignment(of: plan.entries.map(\.name)).types
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
      Self.tensor("blk.0.A.weight", types: [.IQ4_KSS, .Q4_K, .Q6_K]),
      Self.tensor("blk.1.A.weight", types: [.IQ4_KSS, .Q4_K, .Q6_K]),
    ]
    let plan = try Self.plan(tensors, Constraints(runtime: .mainline), bits: 5.6)
    #expect(Set(plan.entries.map(\.type)) == [.Q4_K, .Q6_K])
    let read = try Runtime.mainline.types(of: plan.entries.map(\.name), under: plan.recipe())
    #expect(read == plan.entries.map(\.type))
  }
}
