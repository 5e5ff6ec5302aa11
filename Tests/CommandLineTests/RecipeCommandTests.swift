import Testing
import TestSupport

/// `ration recipe`, as a user types it.
@Suite struct RecipeCommandTests {
  let bench: CommandLineBench

  init() throws {
    bench = try CommandLineBench()
    let texts = [
      "a.txt": "attn_q=q8_0\n.*=q4_0\n", "b.txt": "attn_q=q5_0\n.*=Q4_0\n",
      "script.txt": "custom=\"\n# all\n.*=q4_0\n\"\nllama-quantize --custom-q \"$custom\" in out\n",
      "wide.txt": ".*=iq4_kss\n", "comma.txt": "attn_\\w{1,9}=q8_0\n.*=q4_0\n",
    ]
    for (name, text) in texts { try bench.directory.write(Array(text.utf8), to: name) }
  }

  @Test func everyFormIsApplied() throws {
    for form in ["custom-q", "tensor-type-file", "gguf-tool-suite", "json", "recipe"] {
      let converted = try bench.ration(
        "recipe", "convert", "a.txt", "small.gguf", "--to", form, "-o", "\(form).txt")
      #expect(converted.code == 0 && converted.output.isEmpty && converted.errors.isEmpty)
      let applied = try bench.ration("apply", "\(form).txt", "small.gguf", "\(form).out.txt")
      #expect(applied.code == 0 && applied.errors.isEmpty)
    }
    let shown = try bench.ration("recipe", "show", "json.txt", "small.gguf")
    #expect(shown.output.contains("q8_0        1 "))
    let script = try bench.ration("apply", "script.txt", "small.gguf", "script.out.txt")
    #expect(script.code == 0 && script.errors.isEmpty)
  }

  @Test func checkingSaysWhatIsWrongAndHowBadItIs() throws {
    let clean = try bench.ration("recipe", "check", "a.txt", "small.gguf", "--strict")
    #expect(clean.code == 0 && clean.output.isEmpty && clean.errors.isEmpty)
    let spelling = try bench.ration("recipe", "check", "b.txt", "small.gguf")
    #expect(spelling.code == 0)
    #expect(
      spelling.output
        == "warning: line 2: ‘.*=q4_0’ spells its type ‘Q4_0’, which --custom-q refuses\n")
    let strict = try bench.ration("recipe", "check", "b.txt", "small.gguf", "--strict")
    #expect(strict.code == 2 && strict.output == spelling.output && strict.errorLines.count == 1)
    let misfit = try bench.ration("recipe", "check", "wide.txt", "small.gguf")
    #expect(misfit.code == 4 && misfit.errors == "ration: wide.txt: 1 error\n")
    #expect(misfit.output.contains("error: line 1: ‘.*=iq4_kss’ gives blk.0.attn_k.weight"))
    let loaded = try bench.ration("recipe", "check", "wide.txt", "--runtime", "mainline")
    #expect(loaded.code == 4 && loaded.output.contains("does not load the type"))
    let comma = try bench.ration("recipe", "check", "comma.txt", "small.gguf")
    #expect(comma.code == 4 && comma.output.contains("every comma"))
    let mainline = try bench.ration(
      "recipe", "check", "comma.txt", "small.gguf", "--runtime", "mainline")
    #expect(mainline.code == 0 && mainline.output.isEmpty)
  }

  @Test func differencesAreTextJSONOrCSV() throws {
    let rules = try bench.ration("recipe", "diff", "a.txt", "b.txt")
    #expect(rules.output == "- attn_q=q8_0\n+ attn_q=q5_0\n")
    let text = try bench.ration("recipe", "diff", "a.txt", "b.txt", "--model", "small.gguf")
    #expect(text.output.contains("blk.0.attn_q.weight  q8_0  q5_0"))
    let json = try bench.ration(
      "recipe", "diff", "a.txt", "b.txt", "--model", "small.gguf", "--json", "--statistics",
      "small.statistics.gguf")
    let document = try object(json.output)
    #expect((document["tensors"] as? [Any])?.count == 1 && document["unit"] as? String == "nats")
    let csv = try bench.ration("recipe", "diff", "a.txt", "b.txt", "--model", "small.gguf", "--csv")
    #expect(csv.output.split(separator: "\n").count == 2)
  }

  @Test(arguments: [
    ("show", 2, "<recipe>"), ("show missing.txt", 5, "missing.txt"),
    ("show a.txt b.txt", 3, "b.txt"), ("show small.gguf", 3, "small.gguf"),
    ("show wide.txt small.gguf", 4, "blk.0.attn_k.weight"), ("convert a.txt", 2, "--to"),
    ("convert a.txt --to yaml", 2, "yaml"), ("convert a.txt --to json", 4, "model"),
    ("convert comma.txt --to custom-q", 4, "every comma"),
    ("convert wide.txt --to tensor-type-file", 4, "does not load the type"),
    ("convert a.txt --to recipe -o b.txt", 6, "b.txt"),
    ("convert a.txt --to recipe -o a.txt --force", 6, "a.txt"), ("diff a.txt", 2, "<b>"),
    ("diff a.txt b.txt --json --csv", 2, "--json"),
    ("diff a.txt b.txt --statistics small.statistics.gguf", 2, "--model"),
    ("diff a.txt wide.txt --model small.gguf", 4, "blk.0.attn_k.weight"),
    ("check a.txt --runtime windows", 2, "windows"), ("bake", 2, "bake"),
  ]) func mistakesAreNamed(line: String, code: Int32, word: String) throws {
    let run = try bench.shell("\"$ration\" recipe \(line)")
    #expect(run.code == code, "\(line): \(run.errors)")
    #expect(run.output.isEmpty && run.errorLines.first?.contains(word) == true, "\(run.errors)")
  }
}
