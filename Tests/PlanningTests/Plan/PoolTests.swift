import GGUF
import Planning
import Statistics
import Testing

@Suite("A plan for several pools")
struct PoolTests {
  private let isOnGPU = try! TensorPattern("attn|output")

  private func plan(gpu: Int, cpu: Int, cpuTypes: [TensorType]? = nil) throws -> Plan {
    try Plan.optimal(
      for: PlanProblem(
        tensors: PlanFixtures.model,
        pools: [
          Pool(name: "gpu", pattern: isOnGPU, budget: gpu, fixedBytes: 5000),
          Pool(name: "cpu", types: cpuTypes, budget: cpu),
        ], unit: .nats))
  }

  @Test("is for each pool the best plan of its tensors, and its figures are their sums")
  func separates() throws {
    let plan = try plan(gpu: 250_000, cpu: 160_000)
    let gpu = PlanFixtures.model.filter { isOnGPU.matches($0.name) }
    let cpu = PlanFixtures.model.filter { !isOnGPU.matches($0.name) }
    let apart = [
      try Plan.optimal(
        for: PlanProblem(tensors: gpu, budget: 250_000, fixedBytes: 5000, unit: .nats)),
      try Plan.optimal(for: PlanProblem(tensors: cpu, budget: 160_000, unit: .nats)),
    ]
    #expect(plan.pools.map(\.pool) == ["gpu", "cpu"])
    #expect(plan.pools.map(\.bytes) == apart.map(\.bytes))
    #expect(isClose(plan.loss, apart[0].loss + apart[1].loss))
    for part in apart {
      for entry in part.entries { #expect(plan.type(of: entry.name) == entry.type) }
    }
    #expect(plan.isOptimal && plan.bytes == plan.pools.reduce(0) { $0 + $1.bytes })
  }

  @Test(
    "puts a tensor where a pattern matches, the first of several, and all others where there is none"
  )
  func places() throws {
    let disk = Pool(name: "disk", pattern: try TensorPattern("embd|output"), budget: 1)
    let pools = [
      Pool(name: "gpu", pattern: isOnGPU, budget: 1), Pool(name: "cpu", budget: 1), disk,
    ]
    #expect(pools.place(of: "blk.0.attn_q.weight") == 0 && pools.place(of: "output.weight") == 0)
    #expect(pools.place(of: "blk.0.ffn_up.weight") == 1)
    #expect(pools.place(of: "token_embd.weight") == 2)
    #expect([Pool(budget: 1), disk].place(of: "token_embd.weight") == 1)
    #expect([Pool(budget: 1), disk].place(of: "norm") == 0)
  }

  @Test("takes only the types of a pool there")
  func types() throws {
    let plan = try plan(gpu: 250_000, cpu: 300_000, cpuTypes: [.IQ3_K, .IQ4_KS])
    for entry in plan.entries where !isOnGPU.matches(entry.name) && entry.type != .F32 {
      #expect([.IQ3_K, .IQ4_KS].contains(entry.type))
    }
    #expect(plan.type(of: "output.weight") == .IQ6_K)
  }

  @Test("counts a baseline as fitting only where it fits every pool")
  func baselines() throws {
    let plan = try plan(gpu: 400_000, cpu: 160_000)
    for baseline in plan.baselines {
      let all = PlanFixtures.model.map { tensor in
        (
          isOnGPU.matches(tensor.name),
          tensor.candidates.first { .type($0.type) == baseline.kind }?.bytes ?? tensor.bytes
        )
      }
      let gpu = all.filter(\.0).reduce(5000) { $0 + $1.1 }
      let cpu = all.filter { !$0.0 }.reduce(0) { $0 + $1.1 }
      #expect(baseline.fits == (gpu <= 400_000 && cpu <= 160_000))
    }
  }

  @Test("that is too small is named with what would do")
  func infeasible() throws {
    let error = #expect(throws: PlanError.self) { try plan(gpu: 250_000, cpu: 90_000) }
    guard case .infeasible("cpu", 90_000, let feasible)? = error else {
      Issue.record("not the expected error: \(String(describing: error))")
      return
    }
    #expect(try plan(gpu: 250_000, cpu: feasible.lowerBound).pools[1].bytes == feasible.lowerBound)
  }
}
