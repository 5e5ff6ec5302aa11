import Foundation
import Testing
import TestSupport

/// Every JSON that the program prints, by the name and version of its schema. Programs rely on them:
/// a version changes only together with what it stands for.
@Suite("JSON of every command") struct SchemaTests {
  static let outputs: [(schema: String, version: Int, members: [String], command: String)] = [
    (
      "ration.calibrate", 1,
      [
        "clipping", "covariance", "median_standard_error", "path", "plan_gain", "sequences",
        "tensors", "texts",
        "tokens", "tokens_per_sequence", "written_sequences",
      ],
      "calibrate '\(Folio.model)' --sequence 16 --tokens 64 -o s.gguf --json"
    ),
    (
      "ration.plan", 1,
      [
        "baselines", "bpw", "bytes", "constraints", "context", "evaluation", "gap", "knowledge",
        "lower_bound", "moves", "optimal", "pools", "predicted_error", "predicted_kld", "reading",
        "skeleton", "standard_error", "tensors", "trials", "unit",
      ],
      "plan small.gguf --target-bpw 5 --json"
    ),
    (
      "ration.apply", 1,
      ["bpw", "bytes", "compensation", "files", "path", "resumed", "taken_over", "tensors"],
      "apply q4_0.recipe small.gguf out.gguf --json"
    ),
    ("ration.inspect", 1, ["records"], "inspect small.gguf --types q4_0 --json"),
    (
      "ration.verify", 1,
      [
        "bytes", "digests", "fault_count", "faults", "path", "shards", "source", "tensors",
        "undecoded",
      ],
      "verify small.gguf --json"
    ),
    (
      "ration.show", 1,
      [
        "architecture", "bpw", "bytes", "dataset", "format", "name", "path", "provenance",
        "provenance_problem", "shape", "shards", "statistics", "tensors", "types", "weights",
      ],
      "show small.gguf --json"
    ),
    (
      "ration.evaluate", 1, ["base", "evaluation", "predicted_kld", "quantized"],
      "evaluate '\(Folio.model)' '\(Folio.model)' --chunks 2 --json"
    ),
    (
      "ration.frontier", 1,
      ["breakpoints", "elements", "fixed_bytes", "model", "references", "unit"],
      "frontier small.gguf --json"
    ),
    (
      "ration.recipe-diff", 1, ["a", "b", "tensors", "unit"],
      "recipe diff q4_0.recipe q4_0.recipe --model small.gguf --json"
    ),
    ("ration.rule-diff", 1, ["records"], "recipe diff q4_0.recipe q4_0.recipe --json"),
    (
      "ration.recipe", 1, ["provenance", "tensors"],
      "recipe convert q4_0.recipe small.gguf --to json"
    ),
  ]

  @Test("docs/json.md lists every schema") func documentation() throws {
    let page = try String(contentsOf: Repository.file("docs/json.md"), encoding: .utf8)
    let rows = page.matches(of: /\n\| `(ration\.[a-z-]+)` \| (\d+) \|/).map { "\($0.1) \($0.2)" }
    #expect(rows == Self.outputs.map { "\($0.schema) \($0.version)" })
  }

  @Test("names its schema first", arguments: outputs)
  func schema(name: String, version: Int, members: [String], command: String) throws {
    let run = try CommandLineBench().shell("\"$ration\" \(command)")
    #expect(run.code == 0, "\(run.errors)")
    let head = """
      {
        "schema" : {
          "name" : "\(name)",
          "version" : \(version)
        },

      """
    #expect(run.output.hasPrefix(head), "\(run.output.prefix(200))")
    #expect(try object(run.output).keys.sorted() == (members + ["schema"]).sorted())
  }
}
