import Testing
import TestSupport

/// `ration evaluate` and `plan --validate`, as a user runs them.
@Suite struct EvaluateCommandTests {
  let bench: CommandLineBench

  init() throws { bench = try CommandLineBench() }

  @Test("a plan is validated, and its file evaluated, with the same result")
  func validateAndEvaluate() throws {
    let plan = try bench.ration(
      "plan", Folio.model, "--statistics", Folio.statistics, "--target-bpw", "4", "--validate",
      "--chunks", "2", "--json", "-o", "plan.recipe")
    #expect(plan.code == 0 && plan.errors.isEmpty)
    let planned = try object(plan.output)
    let validated = try #require(planned["evaluation"] as? [String: Any])
    let apply = try bench.ration(
      "apply", "plan.recipe", Folio.model, "out.gguf", "--statistics", Folio.statistics)
    #expect(apply.code == 0)
    let evaluate = try bench.ration(
      "evaluate", Folio.model, "out.gguf", "--chunks", "2", "--json")
    #expect(evaluate.code == 0 && evaluate.errors.isEmpty)
    let evaluated = try object(evaluate.output)
    #expect(evaluated["predicted_kld"] as? Double == planned["predicted_kld"] as? Double)
    let found = try #require(evaluated["evaluation"] as? [String: Any])
    #expect(found["texts"] as? [String] == ["folio-evaluation.txt"])
    let klds = try [validated, found].map { figures in
      try #require((figures["kld"] as? [String: Double])?["value"])
    }
    #expect(klds[0] == klds[1] && klds[0] > 0.001)
    let text = try bench.ration("evaluate", Folio.model, "out.gguf", "--chunks", "2")
    #expect(text.output.contains("mean KLD") && text.output.contains("predicted KLD"))
  }
}
