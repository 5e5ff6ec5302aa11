import GGUF
import Planning
import Reports
import Testing
import TestSupport
import Workflows

@Suite struct PlanWorkflowSkeletonTests {
  let bench: Workbench

  init() throws {
    bench = try Workbench(
      SmallModel(keys: [
        .uint32("llama.block_count", 1), .uint32("llama.attention.head_count", 4),
        .uint32("llama.attention.head_count_kv", 1), .uint32("llama.embedding_length", 256),
        .uint32("llama.expert_count", 4), .uint32("llama.attention.key_length", 32),
        .uint32("llama.attention.value_length", 32),
      ]))
  }

  private let skeleton = NamedSkeleton(
    name: "MIX",
    skeleton: try! Skeleton(
      parsing: """
        output=q6_K
        exps=iq4_k if experts >= 4
        exps=q8_0
        attn_q=q5_K if gqa >= 4
        .=q5_0
        """))

  private func plan(maxMoves: Int? = nil) throws -> PlannedModel {
    var request = bench.request(.skeleton)
    request.inputs.skeleton = skeleton
    request.inputs.references = [skeleton]
    request.inputs.cache = bench.cache
    request.maxMoves = maxMoves
    return try PlanWorkflow.run(request, Session(threads: 2))
  }

  @Test func withoutATargetAPlanKeepsTheSkeletonsSizeAndBeatsIt() throws {
    let planned = try plan()
    let plan = planned.report.plan
    let mixes = plan.baselines.filter { $0.kind == .mix("MIX") }
    #expect(mixes.count == 1)
    let mix = try #require(mixes.first)
    #expect(mix.fits && plan.bytes <= mix.bytes && plan.loss < mix.loss)
    #expect(planned.recipe.provenance["skeleton"] == "MIX")
    #expect(planned.report.skeleton == "MIX")
    #expect(!plan.moves.isEmpty)
  }

  @Test func noStepsGiveTheSkeletonItself() throws {
    let planned = try plan(maxMoves: 0)
    #expect(planned.report.plan.moves.isEmpty)
    #expect(planned.report.text.contains("every tensor has the type that MIX gives it"))
    let types = [
      "output.weight": TensorType.Q6_K, "blk.0.ffn_up_exps.weight": .IQ4_K,
      "blk.0.attn_q.weight": .Q5_K, "blk.0.attn_k.weight": .Q5_0, "token_embd.weight": .Q5_0,
    ]
    for (name, type) in types { #expect(planned.type(of: name) == type) }
  }

  @Test func theReportTellsEachMove() throws {
    let planned = try plan(maxMoves: 1)
    let text = planned.report.text
    for move in planned.report.plan.moves {
      #expect(abs(move.steps) == 1)
      let line = try #require(
        text.split(separator: "\n").first {
          $0.hasPrefix("\(move.tensor) ") && $0.contains("\(move.from.name)  ")
        })
      #expect(line.contains("saves ") || line.contains("frees "))
    }
  }

  @Test func memoryIsDividedBetweenWeightsAndContext() throws {
    let target = PlanTarget.memory(
      [
        .init(name: "gpu", pattern: try TensorPattern("attn|output"), bytes: 8_700_000),
        .init(name: "cpu", types: [.Q4_0, .Q5_0], bytes: 120_000),
      ], context: .init(tokens: 1000, type: .Q8_0))
    let planned = try bench.plan(target)
    let context = try #require(planned.report.context)
    // One block, one head of 32, keys and values, 34 bytes a row.
    #expect(context.cache.bytes == 2 * 34 * 1000)
    let pools = planned.report.plan.pools
    #expect(pools.allSatisfy { $0.bytes <= $0.budget })
    let gpu = planned.report.plan.entries.filter {
      $0.name.contains("attn") || $0.name.contains("output")
    }
    #expect(
      pools[0].bytes == gpu.reduce(context.cache.bytes + context.buffer.bytes) { $0 + $1.bytes })
    #expect(planned.type(of: "token_embd.weight").map { [.Q4_0, .Q5_0].contains($0) } == true)
    #expect(planned.recipe.provenance["memory-gpu"] == "8700000")
    #expect(planned.recipe.provenance["kv-type"] == "q8_0")
    #expect(planned.report.text.contains("KV cache: 1000 tokens in 1 blocks, q8_0"))
  }

  @Test func theFrontierEndsInTheSourceAndHasTheSkeletonBesideIt() throws {
    var inputs = bench.request().inputs
    inputs.references = [skeleton]
    let report = try FrontierWorkflow.run(
      FrontierRequest(inputs: inputs, range: 0...40), Session(threads: 2))
    #expect(report.frontier.breakpoints.last?.loss == 0)
    #expect(report.references.contains { $0.name == "MIX" && $0.kind == .skeleton })
    #expect(report.svg.contains("MIX") && report.text.contains("MIX"))
    for bits in [4.5, 6, 8] {
      let planned = try bench.plan(.bitsPerWeight(bits))
      let index = try #require(report.frontier.index(within: planned.report.plan.budget))
      #expect(planned.report.plan.loss <= report.frontier.breakpoints[index].loss * (1 + 1e-9))
    }
  }
}
