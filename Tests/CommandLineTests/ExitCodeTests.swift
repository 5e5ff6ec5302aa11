import Testing
import TestSupport

@Suite struct ExitCodeTests {
  let bench: CommandLineBench

  init() throws { bench = try CommandLineBench() }

  /// Runs a command line that is to fail with a code and one sentence that has these words in it, and
  /// that is to add no file.
  func expect(_ code: Int32, _ words: String..., from line: String) throws {
    let run = try bench.shell("\"$ration\" \(line)")
    #expect(run.code == code, "\(line): \(run.errors)")
    #expect(run.output.isEmpty)
    if code == 2, run.errors.hasPrefix("Error: ") {
      #expect(run.errorLines.contains { $0.hasPrefix("Usage: ration") })
    } else {
      #expect(run.errorLines.count == 1 && run.errors.hasPrefix("ration: "))
    }
    for word in words { #expect(run.errorLines[0].contains(word), "\(word) in \(run.errors)") }
    #expect(try bench.added().isEmpty)
  }

  @Test(arguments: [
    ("plan", "<model>"), ("plan small.gguf", "Give one of --target-bpw"),
    ("plan small.gguf --target-bpw 4 --target-size 1GiB", "Give one of --target-bpw"),
    ("plan small.gguf --gpu attn=1GiB", "--gpu and --cpu together"),
    ("plan small.gguf --gpu attn=much --cpu 1GiB", "attn=much"),
    ("plan small.gguf --target-bpw 4 --disk embd=1GiB", "--disk needs --fit"),
    ("plan small.gguf --fit 1GiB --disk embd", "--disk: ‘embd’"),
    ("plan small.gguf --fit 1GiB --disk embd=1GiB --bandwidth 80GB", "here 2, not 1"),
    ("plan small.gguf --fit 1GiB --bandwidth fast", "fast"),
    ("plan small.gguf --fit 1GiB --speeds a.csv --speeds b.csv", "here 1, not 2"),
    ("plan small.gguf --fit 1GiB --speeds a.csv --bandwidth 80GB", "not both"),
    ("plan small.gguf --min-speed 40", "--min-speed needs"),
    ("plan small.gguf --min-speed 0 --bandwidth 80GB", "--min-speed must be positive"),
    ("frontier small.gguf --bandwidth 80GB,90GB", "here 1, not 2"),
    ("plan small.gguf --target-bpw 4 --context 4096", "--context needs"),
    ("plan small.gguf --fit 1GiB --context 0", "--context"),
    ("plan small.gguf --fit 1GiB --context 9 --kv-type iq4_k", "iq4_k"),
    ("plan small.gguf --fit 1GiB --kv-type q8_0", "--kv-type needs"),
    ("plan small.gguf --target-bpw 4 --cpu-types q4_0", "--cpu-types need"),
    ("plan small.gguf --target-bpw 4 --tie 'a('", "--tie"),
    ("plan small.gguf --target-bpw 4 --ceiling a=q9_9", "q9_9"),
    ("plan small.gguf --target-bpw 4 --max-moves 1", "--max-moves needs"),
    ("plan small.gguf --skeleton q4_0.recipe --max-moves -1", "--max-moves"),
    ("plan small.gguf --skeleton IQ9_K", "IQ4_KSS, IQ4_XS"),
    ("frontier small.gguf --from 5 --to 4", "--from"),
    ("frontier small.gguf --csv --json", "--csv"),
    ("plan small.gguf --target-bpw 0", "--target-bpw"),
    ("plan small.gguf --target-bpw nan", "--target-bpw"),
    ("plan small.gguf --target-size 23XiB", "23XiB"),
    ("plan small.gguf --target-size -5", "--target-size"),
    ("plan small.gguf --target-bpw 4 --types q4_0,q9_9", "q9_9"),
    ("plan small.gguf --target-bpw 4 --pin 'a('=q4_0", "--pin"),
    ("plan small.gguf --target-bpw 4 --floor a=q9_9", "q9_9"),
    ("plan small.gguf --target-bpw 4 --sample 1.5", "1.5"),
    ("plan small.gguf --target-bpw 4 --threads 0", "--threads"),
    ("plan small.gguf --target-bpw 4 --runtime windows", "windows"),
    ("plan small.gguf --target-bpw 4 --loud", "--loud"),
    ("apply q4_0.recipe small.gguf", "<output>"),
    ("inspect small.gguf --json --csv", "--json"), ("inspect small.gguf --sort age", "age"),
    ("inspect small.gguf --tensor '['", "--tensor"), ("inspect small.gguf --tensor norm", "norm"),
    ("inspect small.gguf --against small.gguf --types q4_0", "--against"),
    ("plan small.gguf --target-bpw 4 --text a.txt", "--validate"),
    ("plan small.gguf --target-bpw 4 --validate --chunks 0", "--chunks"),
    ("evaluate small.gguf", "<quantized>"),
    ("card small.gguf", "<quantized>"),
    ("card small.gguf small.gguf --base-model a", "--base-model"),
    ("evaluate small.gguf small.gguf --context 3", "--context"),
    ("evaluate small.gguf small.gguf --greedy 0", "--greedy"),
    ("bake", "bake"),
    ("plan small.gguf --target-bpw 5 --pin nothing=q4_0 --strict --cache cache/a", "nothing=q4_0"),
  ]) func usage(_ line: String, _ word: String) throws {
    try expect(2, word, from: line)
  }

  @Test func badInput() throws {
    let model = try contents(of: bench.directory("small.gguf"))
    let files: [(String, [UInt8])] = [
      ("cut.txt", Array(model[..<(model.count / 2)])), ("text.txt", Array("GGUF?".utf8)),
      ("recipe.txt", Array("a=q4_0\nb=q9_9\n".utf8)), ("bytes.txt", [0x61, 0xFF, 0x3D]),
    ]
    for (name, bytes) in files { try bench.directory.write(bytes, to: name) }
    try expect(
      3, "cut.txt", "blk.0.ffn_up_exps.weight", "byte", from: "plan cut.txt --target-bpw 5")
    try expect(3, "text.txt", from: "inspect text.txt")
    try expect(
      3, "text.txt", from: "plan small.gguf --target-bpw 5 --statistics text.txt")
    try expect(3, "recipe.txt", "line 2", "q9_9", from: "apply recipe.txt small.gguf out.gguf")
    try expect(3, "bytes.txt", "UTF-8", from: "apply bytes.txt small.gguf out.gguf")
    try expect(
      3, "text.txt", "line 1", from: "plan small.gguf --target-bpw 5 --sensitivity text.txt")
    try expect(
      3, "small.gguf", "row sensitivities",
      from: "plan small.gguf --target-bpw 5 --sensitivity measured")
    try expect(
      3, "small.gguf", "head_count", from: "plan small.gguf --fit 1MiB --context 256")
    try expect(
      3, "small.gguf", "block_count", from: "plan small.gguf --skeleton iq4_kss")
    try bench.directory.write(Array(".=q4_0 if gqa > many".utf8), to: "s.txt")
    try expect(3, "s.txt", "line 1", "many", from: "plan small.gguf --skeleton s.txt")
    try expect(3, "s.txt", "takes a model", from: "recipe show s.txt")
    try expect(
      3, "small.gguf", "block_count", from: "evaluate small.gguf small.gguf --text text.txt")
    try expect(
      3, "small.gguf", "block_count",
      from: "plan small.gguf --target-bpw 5 --validate --text text.txt")
  }

  @Test func weightsThatWereQuantizedBefore() throws {
    #expect(try bench.ration("apply", "q4_0.recipe", "small.gguf", "q.txt").code == 0)
    try expect(
      3, "q.txt", "token_embd.weight", "--allow-requantize", from: "plan q.txt --target-bpw 5")
    try bench.directory.write(Array(".*=q5_0".utf8), to: "r.txt")
    try expect(3, "token_embd.weight", from: "apply r.txt q.txt out.gguf")
  }

  @Test func aTargetOrConstraintOutOfReach() throws {
    try expect(
      4, "small.gguf", "1.5 bits per weight", "takes from 2.", "to 18.9988",
      from: "plan small.gguf --target-bpw 1.5")
    try expect(
      4, "small.gguf", "10240 bytes", "takes from", "to 506208 bytes",
      from: "plan small.gguf --target-size 10KiB")
    try expect(
      4, "blk.0.attn_output.weight", "576",
      from: "plan small.gguf --target-bpw 5 --pin attn_output=iq4_kss")
    try expect(
      4, "of --cpu", "take from",
      from: "plan small.gguf --gpu attn=1MiB --cpu 10KiB")
    try expect(
      4, "small.gguf", "generates 10000000 tokens a second", "the fastest one",
      from: "plan small.gguf --min-speed 1e7 --bandwidth 1GB")
    try bench.directory.write(Array("attn_output=q4_K".utf8), to: "r.txt")
    try expect(
      4, "blk.0.attn_output.weight", "576", "256", from: "apply r.txt small.gguf out.gguf")
  }

  @Test func inputOrOutputThatFails() throws {
    try expect(5, "missing.gguf", from: "plan missing.gguf --target-bpw 5")
    try expect(5, "missing.recipe", from: "apply missing.recipe small.gguf out.gguf")
    try expect(5, "missing/out.gguf", from: "apply q4_0.recipe small.gguf missing/out.gguf")
    try expect(5, "missing/r", from: "plan small.gguf --target-bpw 5 -o missing/r.recipe")
    try expect(
      5, "standard output", "No space left",
      from: "plan small.gguf --target-bpw 5 --quiet >/dev/full")
  }

  @Test func aFileThatIsNotSound() throws {
    var small = SmallModel()
    small.fixture.tensors[8].data[40...43] = [0, 0, 0xC0, 0x7F]
    try bench.directory.write(small.fixture.bytes, to: "bad.txt")
    try bench.directory.write(Array("GGUF?".utf8), to: "text.txt")
    for (file, word) in [("bad.txt", "output_norm.weight"), ("text.txt", "ends early")] {
      let run = try bench.ration("verify", file)
      #expect(run.code == 8)
      #expect(run.output.contains(word))
      #expect(run.errors == "ration: \(file): verification failed: 1 fault\n")
    }
    #expect(try bench.ration("verify", "small.gguf").code == 0)
    try expect(3, "text.txt", from: "show text.txt")
    try expect(5, "missing.gguf", from: "verify missing.gguf")
  }

  @Test func conflicts() throws {
    try bench.directory.write([1], to: "taken.txt")
    try expect(6, "taken.txt", from: "apply q4_0.recipe small.gguf taken.txt")
    try expect(6, "taken.txt", from: "plan small.gguf --target-bpw 5 -o taken.txt")
    try expect(6, "small.gguf", from: "apply q4_0.recipe small.gguf ./small.gguf --force")
    try expect(
      6, "small.gguf", from: "plan small.gguf --target-bpw 5 -o small.gguf --force")
    try expect(6, "small.gguf", from: "plan small.gguf --target-bpw 5 --cache small.gguf")
    try expect(6, "taken.txt", from: "frontier small.gguf --svg taken.txt")
    #expect(try contents(of: bench.directory("taken.txt")) == [1])
    #expect(
      try contents(of: bench.directory("small.gguf")) == SmallModel().fixture.bytes)
  }

  @Test func aWeightThatIsNoNumber() throws {
    var small = SmallModel()
    small.fixture.tensors[2].data.replaceSubrange(512 * 3 + 4..<512 * 3 + 6, with: [0xC0, 0x7F])
    try bench.directory.write(small.fixture.bytes, to: "small.gguf")
    let words = ["small.gguf", "blk.0.attn_q.weight", "row 3", "column 2"]
    for line in [
      "plan small.gguf --target-bpw 5", "inspect small.gguf", "apply q4_0.recipe small.gguf o.gguf",
    ] {
      try expect(7, words[0], words[1], words[2], words[3], from: line)
    }
  }
}
