import Foundation
import TestSupport
import Testing

/// Files whose names, tensors and texts were chosen to disturb a terminal.
@Suite("Hostile names") struct HostileNamesTests {
  let bench: CommandLineBench

  /// An escape sequence, a bell, a control of the second set, a mark of direction, a line end, a mark without a width,
  /// and what a spreadsheet takes for a formula.
  private static let hostile = "=\u{1B}[31m\u{7}\u{9B}\u{202E}\u{2028}\u{200B}\u{7F}é"

  init() throws {
    var small = SmallModel(keys: [.string("general.basename", Self.hostile)])
    for (index, name) in ["blk.0.attn_q.weight", "output.weight"].enumerated() {
      let place = small.fixture.tensors.firstIndex { $0.name == Array(name.utf8) }!
      small.fixture.tensors[place].name = Array("\(Self.hostile)\(index).weight".utf8)
    }
    small.fixture.keys.removeAll { $0.name == Array("general.name".utf8) }
    small.fixture.keys.append(.string("general.name", Self.hostile))
    small.fixture.keys.append(.strings("imatrix.datasets", [Self.hostile]))
    bench = try CommandLineBench(small)
    let model = try contents(of: bench.directory("small.gguf"))
    try bench.directory.write(Array(model), to: "\u{1B}[31m\u{202E}.gguf")
    let recipe = "# model: \(Self.hostile)\n\u{1B}]0;title\u{7}[=q4_0\n"
    try bench.directory.write(Array(recipe.utf8), to: "bad.recipe")
    try bench.directory.write(
      Array("# model: \(Self.hostile)\n\u{9B}\u{202E}\u{2028}\u{200B}=q4_0\n.*=q8_0\n".utf8),
      to: "good.recipe")
    try bench.directory.write(
      Array("{\"tensors\":{\"a\\u001b\\u202e\":\"q4\\u001b[31m\"}}".utf8), to: "json.recipe")
  }

  @Test(
    "reach no terminal, table, record or picture as they are",
    arguments: [
      "plan $M --target-bpw 6", "plan $M --target-bpw 6 --json", "plan $M --target-bpw 1",
      "plan $M --skeleton q4_0.recipe", "plan $M --target-bpw 6 --pin $N=q4_0",
      "plan $M --target-bpw 6 --pin $N --strict", "plan $N", "plan small.gguf --target-bpw $N",
      "plan small.gguf --types $N --target-bpw 4", "plan small.gguf --target-bpw 5 --$N",
      "plan small.gguf --target-bpw 5 --cache $N/c", "plan small.gguf --target-bpw 5 --cache $M",
      "inspect $M --types q4_0", "inspect $M --types q4_0 --csv",
      "inspect $M --types q4_0 --json", "inspect $M --tensor $N",
      "frontier $M", "frontier $M --csv", "frontier $M --json", "frontier $M --svg p.svg.txt",
      "apply good.recipe $M out.gguf --force", "apply good.recipe $M out.gguf --force --json",
      "apply bad.recipe $M out2.gguf", "apply json.recipe $M out2.gguf", "apply $N $M out2.gguf",
      "show $M", "show $M --json", "verify $M", "verify $M --json",
      "verify $M --against bad.recipe",
      "card $M $M", "card $M $M --evaluation bad.recipe", "card $M small.gguf",
      "card $M $M --plot p.svg.txt", "card $M $M --base-model $N", "card $M $M --quantized-by $N",
      "evaluate $M $M", "calibrate $M -o s.gguf", "calibrate small.gguf --text $N -o s.gguf",
      "recipe show good.recipe $M", "recipe show good.recipe", "recipe show bad.recipe",
      "recipe show json.recipe", "recipe check good.recipe $M", "recipe check bad.recipe",
      "recipe convert good.recipe --to recipe", "recipe convert good.recipe $M --to recipe",
      "recipe convert good.recipe $M --to json", "recipe convert good.recipe $M --to custom-q",
      "recipe convert good.recipe $M --to gguf-tool-suite",
      "recipe diff good.recipe q4_0.recipe", "recipe diff good.recipe q4_0.recipe --csv",
      "recipe diff good.recipe q4_0.recipe --json",
      "recipe diff good.recipe q4_0.recipe --model $M --csv", "$N", "--$N", "help $N",
    ])
  func nothingRaw(_ line: String) throws {
    let arguments = line.split(separator: " ").map {
      String($0).replacing("$M", with: "\u{1B}[31m\u{202E}.gguf")
        .replacing("$N", with: Self.hostile)
    }
    let run = try bench.start(arguments).finish()
    var texts = [run.output, run.errors]
    if line.contains("p.svg.txt") {
      texts.append(String(decoding: try contents(of: bench.directory("p.svg.txt")), as: UTF8.self))
    }
    #expect(texts.contains { !$0.isEmpty })
    for text in texts {
      let raw = text.unicodeScalars.filter { $0 != "\n" && $0 != "\t" && Self.isForbidden($0) }
      #expect(raw.isEmpty, "exit code \(run.code): \(text.debugDescription)")
    }
    if line.contains("--csv") {
      #expect(run.code == 0)
      for field in run.output.split(whereSeparator: { $0 == "," || $0 == "\n" }) {
        #expect(field.first.map { "=+-@".contains($0) } != true || Double(field) != nil)
      }
    }
  }

  /// What no output may hold: controls, line ends, and marks of direction and of no width.
  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0...0x1F, 0x7F...0x9F, 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
      true
    default: false
    }
  }

  @Test("of tensors are planned, and a recipe matches them in both programs")
  func planned() throws {
    for runtime in ["ik", "mainline"] {
      let run = try bench.ration(
        "plan", "small.gguf", "--target-bpw", "6", "--runtime", runtime, "--types", "q4_0,q8_0",
        "--quiet", "-o", "\(runtime).recipe")
      #expect(run.code == 0, "\(run.errors)")
      let check = try bench.ration(
        "recipe", "check", "\(runtime).recipe", "small.gguf", "--runtime", runtime, "--strict")
      #expect(check.code == 0, "\(check.output)\(check.errors)")
      let again = try bench.ration(
        "apply", "\(runtime).recipe", "small.gguf", "\(runtime).gguf", "--strict")
      #expect(again.code == 0, "\(again.errors)")
    }
  }
}
