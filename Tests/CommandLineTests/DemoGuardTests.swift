import Foundation
import GGUF
import TestSupport
import Testing

/// The guard of what commands make of the demo model: plans, files and JSON change only on purpose.
///
/// `DemoOutputs.txt` has a line for each output: its name and the SHA-256 of it. They are the same on every
/// machine and at every CPU level (docs/determinism.md). After a change that is meant to show, paste the
/// lines that the test prints.
@Suite("The demo model", .serialized) struct DemoGuardTests {
  let bench: CommandLineBench

  init() throws {
    bench = try CommandLineBench()
    try bench.directory.write(contents(of: Folio.model), to: "folio.gguf")
    try bench.directory.write(contents(of: Folio.statistics), to: "folio.statistics.gguf")
  }

  /// Commands that print JSON, by name.
  static let commands = [
    ("plan", "plan folio.gguf --target-bpw 4.0 --json"),
    ("plan-size", "plan folio.gguf --target-size 2MiB --json"),
    ("plan-skeleton", "plan folio.gguf --skeleton IQ4_KSS --max-moves 2 --json"),
    ("plan-memory", "plan folio.gguf --fit 10MiB --context 256 --json"),
    (
      "plan-constraints",
      "plan folio.gguf --target-bpw 4.0 --tie qkv --floor output=q6_K --pin token_embd=q8_0 --json"
    ),
    ("plan-heuristic", "plan folio.gguf --target-bpw 4.0 --weighting heuristic --json"),
    ("frontier", "frontier folio.gguf --json"),
    ("inspect", "inspect folio.gguf --types iq4_kss,q4_K,iq2_kt --json"),
    ("recipe-diff", "recipe diff Q4_K_M IQ4_KSS --model folio.gguf --json"),
    ("apply", "apply IQ4_KSS folio.gguf mix.gguf --json"),
    ("inspect-against", "inspect mix.gguf --against folio.gguf --json"),
  ]

  @Test("has the plans, the files and the JSON that are recorded")
  func outputs() throws {
    var lines: [String] = []
    for (name, command) in Self.commands {
      let caches = command.contains("apply") || command.contains("--against")
      let arguments =
        command.split(separator: " ").map(String.init)
        + ["--statistics", "folio.statistics.gguf", "--quiet"]
        + (caches ? [] : ["--cache", "guard.sqlite"])
      let run = try bench.start(arguments).finish()
      try #require(run.code == 0, "\(name): \(run.errors)")
      lines.append("\(name) \(ContentDigest(of: run.output).hexadecimal)")
    }
    let planned = try bench.ration(
      "plan", "folio.gguf", "--target-bpw", "4.0", "--statistics", "folio.statistics.gguf",
      "--cache", "guard.sqlite", "--quiet", "-o", "folio.recipe")
    try #require(planned.code == 0, "\(planned.errors)")
    // The comments name the version of the program.
    let recipe = String(decoding: try contents(of: bench.directory("folio.recipe")), as: UTF8.self)
    let rules = recipe.split(separator: "\n").filter { !$0.hasPrefix("#") }
    lines.append("recipe \(ContentDigest(of: rules.joined(separator: "\n")).hexadecimal)")

    let applied = try bench.ration(
      "apply", "folio.recipe", "folio.gguf", "planned.gguf", "--statistics",
      "folio.statistics.gguf", "--quiet")
    try #require(applied.code == 0, "\(applied.errors)")
    lines.append("file \(try tensorDigest(of: "planned.gguf"))")

    let path = Repository.file("Tests/CommandLineTests/DemoOutputs.txt")
    let record = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
    for (line, recorded) in zip(lines, record.filter { !$0.hasPrefix("#") }) {
      #expect(line == recorded)
    }
    #expect(lines.count == record.count { !$0.hasPrefix("#") }, "\(lines.joined(separator: "\n"))")
  }

  /// The SHA-256 of the data of all tensors of a file, one after another.
  private func tensorDigest(of name: String) throws -> String {
    let model = try ModelFile(path: bench.directory(name))
    var hasher = ContentHasher()
    for tensor in model.tensors {
      var bytes = [UInt8](repeating: 0, count: tensor.byteCount)
      try bytes.withUnsafeMutableBytes {
        try model.read(tensor, byteRange: 0..<tensor.byteCount, into: $0)
        hasher.add(UnsafeRawBufferPointer($0))
      }
    }
    return hasher.finish().hexadecimal
  }
}
