import Foundation
import GGUF
import Testing
import TestSupport

/// What goes where: results to standard output, everything else to standard error.
@Suite struct OutputTests {
  let bench: CommandLineBench

  init() throws { bench = try CommandLineBench() }

  @Test func aRecipeGoesToStandardOutputAndTheReportBesideIt() throws {
    let run = try bench.ration(
      "plan", "small.gguf", "--statistics", "small.statistics.gguf", "--target-bpw", "5")
    #expect(run.code == 0)
    let lines = run.output.split(separator: "\n")
    #expect(
      lines.allSatisfy { $0.hasPrefix("# ") || $0.wholeMatch(of: /\^\S+\$=[a-z0-9_K]+/) != nil })
    #expect(lines.contains { $0.hasPrefix("# predicted_kld: ") })
    #expect(run.errors.contains("proven optimal"))
  }

  @Test func quietLeavesTheResultAlone() throws {
    let plain = try bench.ration("plan", "small.gguf", "--target-bpw", "5")
    let quiet = try bench.ration("plan", "small.gguf", "--target-bpw", "5", "--quiet")
    #expect(quiet.errors.isEmpty && quiet.output == plain.output)
    let written = try bench.ration(
      "plan", "small.gguf", "--target-bpw", "5", "--quiet", "-o", "r.recipe")
    #expect(written.code == 0 && written.output.isEmpty && written.errors.isEmpty)
    #expect(
      try contents(of: bench.directory("r.recipe")) == Array(plain.output.utf8))
    let applied = try bench.ration("apply", "r.recipe", "small.gguf", "out.gguf", "--quiet")
    #expect(applied.code == 0 && applied.output.isEmpty && applied.errors.isEmpty)
  }

  @Test func aRecipeOfAFileIsReportedOnStandardOutput() throws {
    let run = try bench.ration("plan", "small.gguf", "--target-bpw", "5", "-o", "r.recipe")
    #expect(run.code == 0 && run.errors.isEmpty)
    #expect(run.output.contains("proven optimal") && !run.output.contains("^"))
  }

  @Test func jsonIsTheOnlyOutput() throws {
    let plan = try bench.ration(
      "plan", "small.gguf", "--statistics", "small.statistics.gguf", "--target-size", "150000",
      "--json", "-o", "r.recipe")
    let planned = try object(plan.output)
    #expect(plan.errors.isEmpty)
    let apply = try bench.ration(
      "apply", "r.recipe", "small.gguf", "out.gguf", "--statistics", "small.statistics.gguf",
      "--json")
    let applied = try object(apply.output)
    #expect(apply.errors.isEmpty)
    let bytes = try contents(of: bench.directory("out.gguf")).count
    #expect(planned["bytes"] as? Int == bytes && applied["bytes"] as? Int == bytes)
    #expect(planned["bpw"] as? Double == applied["bpw"] as? Double)
    let inspect = try bench.ration(
      "inspect", "out.gguf", "--against", "small.gguf", "--statistics", "small.statistics.gguf",
      "--json")
    #expect(inspect.errors.isEmpty)
    let records = try #require(try object(inspect.output)["records"] as? [[String: Any]])
    let lost = records.reduce(0) { $0 + ($1["predicted"] as? Double ?? .nan) }
    let promised = try #require(planned["predicted_kld"] as? Double)
    #expect(abs(lost - promised) <= 1e-6 * promised)
  }

  @Test func withoutATerminalThereAreNoEscapesAndNoProgress() throws {
    var small = SmallModel()
    small.fixture.tensors[2].name = Array("blk.0.\u{1B}[31m.weight".utf8)
    let bench = try CommandLineBench(small)
    for arguments in [
      ["plan", "small.gguf", "--target-bpw", "5", "--json"],
      ["plan", "small.gguf", "--target-bpw", "5", "-o", "r.recipe", "--force"],
      ["inspect", "small.gguf", "--types", "q4_0,q8_0"],
      ["apply", "q4_0.recipe", "small.gguf", "out.gguf", "--force"],
      ["inspect", "out.gguf", "--against", "small.gguf"],
      ["apply", "q4_0.recipe", "small.gguf", "small.gguf", "--force"],
    ] {
      let run = try bench.shell("\"$ration\" " + arguments.joined(separator: " "))
      let text = run.output + run.errors
      #expect(!text.isEmpty && !text.contains("\u{1B}") && !text.contains("\r"), "\(arguments)")
    }
  }

  @Test func csvHasAHeaderAndALinePerTensorAndType() throws {
    let run = try bench.ration(
      "inspect", "small.gguf", "--types", "q4_0,q8_0", "--tensor", "attn_[qk]", "--csv", "--sort",
      "name")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 5 && lines[0].hasPrefix("tensor,type,bytes,"))
    #expect(lines[1].hasPrefix("blk.0.attn_k.weight,q4_0,720,"))
    #expect(lines[4].hasPrefix("blk.0.attn_q.weight,q8_0,26112,"))
  }

  @Test func warningsAreSentencesOnStandardError() throws {
    try bench.directory.write(Array("nothing=q8_0,.*=q4_0".utf8), to: "r.recipe")
    let run = try bench.ration("apply", "r.recipe", "small.gguf", "out.gguf")
    #expect(run.code == 0)
    #expect(run.errorLines == ["ration: warning: rule nothing=q8_0 matches no tensor"])
    let strict = try bench.ration(
      "apply", "r.recipe", "small.gguf", "out.gguf", "--strict", "--force")
    #expect(strict.code == 2)
    #expect(strict.errorLines.count == 1 && strict.output.isEmpty)
  }

  @Test func everyLevelOfTheProcessorGivesTheSameBytes() throws {
    try bench.directory.write(
      Array("token_embd=q8_0,attn_q=iq4_kss,up_exps=iq3_k,down_exps=q4_K,.*=iq4_nl".utf8),
      to: "r.recipe")
    for (name, level) in [("base", ["RATION_CPU": "base"]), ("best", [:])] {
      let run = try bench.ration(
        "apply", "r.recipe", "small.gguf", name, "--statistics", "small.statistics.gguf",
        environment: level)
      #expect(run.code == 0)
    }
    #expect(
      try contents(of: bench.directory("base")) == contents(of: bench.directory("best")))
    for line in [
      ["plan", "small.gguf", "--target-bpw", "5", "--json"],
      [
        "plan", "small.gguf", "--statistics", "small.statistics.gguf", "--target-bpw", "5",
        "--json",
      ],
      ["evaluate", Folio.model, Folio.model, "--chunks", "1", "--json"],
    ] {
      let runs = try [["RATION_CPU": "base"], [:]].map { try bench.start(line, $0).finish() }
      #expect(runs.allSatisfy { $0.code == 0 } && runs[0].output == runs[1].output)
    }
    let unknown = try bench.ration("--version", environment: ["RATION_CPU": "abacus"])
    #expect(unknown.code == 2 && unknown.errors.contains("abacus"))
  }
}
