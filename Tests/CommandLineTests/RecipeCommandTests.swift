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

  @Test("a model is the recipe of the types that it has") func models() throws {
    let applied = try bench.ration("apply", "a.txt", "small.gguf", "types.gguf.txt")
    #expect(applied.code == 0)
    let difference = try bench.ration(
      "recipe", "diff", "types.gguf.txt", "a.txt", "--model", "small.gguf", "--csv")
    #expect(difference.code == 0 && difference.output.split(separator: "\n").count == 1)
    let rules = try bench.ration("recipe", "convert", "types.gguf.txt", "--to", "custom-q")
    #expect(rules.code == 0 && rules.output.contains("attn_q\\.weight$=q8_0"))
    #expect(!rules.output.contains("norm"))
    #expect(try bench.ration("apply", "a.txt", Folio.model, "folio.txt").code == 0)
    let plan = try bench.ration(
      "plan", Folio.model, "--skeleton", "folio.txt", "--max-moves", "0", "-o", "same.txt")
    #expect(plan.code == 0)
    let same = try bench.ration("recipe", "diff", "same.txt", "folio.txt")
    #expect(same.code == 0 && same.output == "the recipes have the same rules\n")
  }

  @Test(
    "recipes come through pipes",
    arguments: [
      "cat a.txt | \"$ration\" recipe show - small.gguf",
      "cat a.txt | \"$ration\" recipe show /dev/stdin small.gguf",
      "\"$ration\" recipe show <(cat a.txt) small.gguf",
    ])
  func pipes(command: String) throws {
    let piped = try bench.shell(command)
    #expect(piped.code == 0, "\(piped.errors)")
    #expect(piped.output == (try bench.ration("recipe", "show", "a.txt", "small.gguf").output))
  }

  @Test("a file is read before a stock mix of its name, which is said; a folder is not")
  func shadows() throws {
    try bench.directory.write(Array(".*=q8_0\n".utf8), to: "IQ4_KSS")
    let file = try bench.ration("recipe", "show", "IQ4_KSS")
    #expect(file.code == 0 && file.output.contains("q8_0"))
    #expect(
      file.errors
        == "ration: warning: IQ4_KSS: the file ‘IQ4_KSS’ was read, not the stock mix of that name\n"
    )
    let mix = try bench.ration("recipe", "show", "iq4_kss", Folio.model)
    #expect(mix.code == 0 && mix.errors.isEmpty)
    let folder = try bench.shell("mkdir Q4_K_M; \"$ration\" recipe show Q4_K_M \"\(Folio.model)\"")
    #expect(folder.code == 0 && folder.errors.isEmpty)
  }

  @Test("standard output is an output too", arguments: ["-", "/dev/stdout"])
  func standardOutput(name: String) throws {
    let converted = try bench.ration("recipe", "convert", "a.txt", "--to", "recipe", "-o", name)
    #expect(converted.code == 0 && converted.output.hasSuffix("attn_q=q8_0\n.*=q4_0\n"))
    let plan = ["plan", "small.gguf", "--target-bpw", "5", "--cache", "c.sqlite"]
    let silent = try bench.shell("\"$ration\" \(plan.joined(separator: " ")) 2>/dev/null")
    let named = try bench.shell("\"$ration\" \(plan.joined(separator: " ")) -o \(name) 2>/dev/null")
    #expect(named.code == 0 && named.output == silent.output)
    let both = try bench.shell("\"$ration\" \(plan.joined(separator: " ")) --json -o \(name)")
    #expect(both.code == 2 && both.output.isEmpty)
  }

  @Test("a pipe without text is an error that names it") func badPipe() throws {
    let run = try bench.shell("printf 'a\\000b' | \"$ration\" recipe show -")
    #expect(run.code == 3)
    #expect(run.errors == "ration: -: it is no UTF-8 text\n")
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
    ("show a.txt b.txt", 3, "b.txt"),
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

  // MARK: Cases from the field

  /// What a recipe in a file becomes, one rule a line.
  private func rules(of text: String, _ name: String = "case.txt") throws -> [String] {
    try bench.directory.write(Array(text.utf8), to: name)
    let run = try bench.ration("recipe", "convert", name, "--to", "recipe")
    #expect(run.code == 0, "\(run.errors)")
    return run.output.split(separator: "\n").map(String.init)
  }

  private func call(_ options: String) -> String {
    "./llama-quantize \(options) tiny.gguf out.gguf q4_0\n"
  }

  @Test("A variable that is set again or appended to has its last value")
  func scriptVariables() throws {
    let again = "rules=\"ffn_down=q8_0,.*=q4_0\"\n# smaller\nrules=\"ffn_down=q4_K,.*=iq3_k\"\n"
    #expect(try rules(of: again + call("--custom-q \"$rules\"")) == ["ffn_down=q4_K", ".*=iq3_k"])
    let append = "rules=\"attn_q=q6_K\"\nrules+=\",ffn_down=q5_K\"\nrules+=\",.*=iq4_k\"\n"
    #expect(
      try rules(of: append + call("--custom-q \"$rules\""))
        == ["attn_q=q6_K", "ffn_down=q5_K", ".*=iq4_k"])
  }

  @Test("Loops and files of rules are read")
  func scriptLoopsAndFiles() throws {
    let loop = "for i in 0 1; do A+=\" --tensor-type blk.$i.ffn_down=q6_K\"; done\n"
    #expect(
      try rules(of: loop + call("$A --tensor-type attn_v=q8_0"))
        == ["blk.0.ffn_down=q6_K", "blk.1.ffn_down=q6_K", "attn_v=q8_0", ".=q4_0"])
    try bench.directory.write(Array("attn_q=q5_0\nffn=q8_0\n".utf8), to: "rules.txt")
    let file = call("--tensor-type-file rules.txt --tensor-type output=q6_K")
    #expect(try rules(of: file) == ["attn_q=q5_0", "ffn=q8_0", "output=q6_K", ".=q4_0"])
    let missing = try bench.shell("rm rules.txt; \"$ration\" recipe check case.txt")
    #expect(
      missing.code == 3 && missing.errors.contains("line 1: it takes rules from the file rules.txt")
    )
  }

  @Test("A card with two mixes is refused, with their lines")
  func cardOfTwoMixes() throws {
    let card = ["q8_0", "q6_K"].map { "```bash\n\(call("--custom-q attn=\($0)"))```\n" }.joined()
    try bench.directory.write(Array(card.utf8), to: "card.txt")
    let run = try bench.ration("recipe", "show", "card.txt")
    #expect(run.code == 3 && run.errors.contains("lines 2, 5"))
  }

  @Test("The options of a script and its base type decide as in llama-quantize")
  func scriptOptions() throws {
    let script = """
      custom="
      # attention
      attn_(q|k)=q5_0
      token_embd=q5_1
      "
      custom=$(echo "$custom" | grep -v '^#' | sed -Ez 's:\\n+:,:g;s:,$::;s:^,::')
      ./llama-quantize --imatrix i.dat --token-embedding-type q8_0 --output-tensor-type f16 --attn-v-type q4_1 \\
        --custom-q "$custom" tiny.gguf out.gguf Q4_0 8
      """
    try bench.directory.write(Array(script.utf8), to: "quant.txt")
    for command in [
      "recipe show quant.txt small.gguf", "recipe check quant.txt small.gguf",
      "recipe convert quant.txt small.gguf --to recipe", "apply quant.txt small.gguf out.txt",
      "recipe diff quant.txt a.txt",
    ] {
      let run = try bench.shell("\"$ration\" \(command)")
      #expect(run.code == 0, "\(command): \(run.errors)")
      #expect((run.output + run.errors).contains("plain type of Q4_0"), "\(command)")
      let strict = try bench.shell("\"$ration\" \(command) --strict")
      #expect(strict.code == 2, "\(command): \(strict.errors)")
    }
    let rules = try bench.ration(
      "recipe", "convert", "quant.txt", "small.gguf", "--to", "tensor-type-file"
    ).output
    #expect(rules.contains("^token_embd\\.weight$=q8_0"))
    #expect(rules.contains("attn_q\\.weight$=q5_0"))
    try bench.directory.write(
      Array("./llama-quantize --custom-q attn=q8_0,ffn=q4_K a b f16\n".utf8), to: "f16.txt")
    let ignored = try bench.ration("recipe", "check", "f16.txt")
    #expect(ignored.output.contains("--custom-q and what it says are ignored"))
  }

  @Test("A byte order mark takes no rule with it, and other encodings are named")
  func byteOrderMark() throws {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let texts = [
      "attn_q=q5_0\r\nffn_down=q8_0\r\n", "# my mix\r\nattn_q=q5_0\r\n",
      #"{"tensors":{"blk.0.attn_q.weight":"q5_0"}}"#,
    ]
    for text in texts {
      try bench.directory.write(mark + Array(text.utf8), to: "marked.txt")
      let run = try bench.ration("recipe", "show", "marked.txt", "small.gguf")
      #expect(run.code == 0 && run.output.contains("q5_0  "), "\(run.output)\(run.errors)")
      #expect(!run.output.contains("matches no tensor"))
      let wide: [UInt8] = [0xFF, 0xFE] + text.utf8.flatMap { [$0, UInt8(0)] }
      try bench.directory.write(wide, to: "wide16.txt")
      let refused = try bench.ration("recipe", "check", "wide16.txt")
      #expect(refused.code == 3 && refused.errors.contains("wide16.txt: it is text in UTF-16LE"))
    }
    let zeros = try bench.shell(
      "truncate -s 200M zeros.txt; \"$ration\" recipe show zeros.txt; truncate -s 1K zeros.txt; "
        + "\"$ration\" recipe show zeros.txt")
    #expect(zeros.errors.contains("209715200 bytes") && zeros.errors.contains("byte 0 is zero"))
  }

  @Test("A recipe for another model, or an edited one, is said to be that")
  func staleRecipe() throws {
    try bench.directory.write(Array("# model: other.gguf\n.*=q4_0\n".utf8), to: "other.txt")
    for command in [
      "recipe show other.txt small.gguf", "recipe check other.txt small.gguf",
      "apply other.txt small.gguf o.txt",
    ] {
      let run = try bench.shell("\"$ration\" \(command)")
      #expect(
        (run.output + run.errors).contains("planned for another model, other.gguf"), "\(command)")
    }
    let planned = try bench.shell(
      "\"$ration\" plan small.gguf --target-bpw 5 -o p.txt && sed -E 's/=(q|iq)[^ ]+$/=q8_0/' p.txt > e.txt "
        + "&& \"$ration\" recipe show e.txt small.gguf && \"$ration\" recipe check e.txt small.gguf"
    )
    #expect(planned.code == 0, "\(planned.errors)")
    #expect(planned.output.contains("it was edited after it was planned"))
    #expect(!planned.output.contains("optimal:") && !planned.output.contains("\nbpw: "))
  }
}
