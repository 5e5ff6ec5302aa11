import GGUF
import Planning
import Testing

@Suite("A call of llama-quantize")
struct QuantizeCommandTests {
  private static func rules(
    _ script: String, files: [String: String] = [:]
  ) throws -> [String] {
    try RecipeSource(script) { files[$0].map { Array($0.utf8) } }
      .settled(mix: nil, model: nil, imatrix: true).recipe.rules.map(\.description)
  }

  @Test(
    "has the precedence of the programs",
    arguments: [
      (
        "llama-quantize --custom-q token_embd=q4_K --token-embedding-type q8_0 --output-tensor-type q6_K "
          + "--attn-v-type q5_K m o F16",
        [#"^token_embd\.weight$=q8_0"#, #"^output\.weight$=q6_K"#, ".=f16"]
      ),
      (
        "llama-quantize --attn-v-type q5_K --custom-q a=q4_K,b=q6_K --token-embedding-type q8_0 m o Q4_0",
        [#"^token_embd\.weight$=q8_0"#, "a=q4_K", "b=q6_K", #"attn_v\.weight=q5_K"#, ".=q4_0"]
      ),
      (
        "llama-quantize --ffn-up-type q5_K --attn-q-type q4_0 --attn-k-type q8_0 m o Q4_0",
        ["attn_k=q8_0", "attn_q=q4_0", "ffn_up=q5_K", ".=q4_0"]
      ),
      ("llama-quantize --pure --custom-q a=q8_0 m o q4_0", [".=q4_0"]),
      ("llama-quantize --pure --tensor-type a=q8_0 m o q4_0", ["a=q8_0", ".=q4_0"]),
      (
        "llama-quantize --tensor-type a=q8_0 --token-embedding-type q6_K m o q4_0",
        [
          #"^token_embd\.weight$=q6_K"#, #"^per_layer_token_embd\.weight$=q6_K"#, "a=q8_0",
          ".=q4_0",
        ]
      ),
      ("llama-quantize --custom-q a=q8_0 m o copy", []),
      (
        "llama-quantize --token-embedding-type q8_0 --token-embedding-type q6_K m q4_0",
        [
          #"^token_embd\.weight$=q6_K"#, ".=q4_0",
        ]
      ),
      ("llama-quantize --custom-q a=q8_0 m 2", ["a=q8_0", ".=q4_0"]),
      ("llama-quantize --custom-q 'a=q8_0,.*=q6_K' m o q4_0", ["a=q8_0", ".*=q6_K"]),
    ])
  func precedence(script: String, rules: [String]) throws {
    #expect(try Self.rules(script) == rules)
  }

  @Test("takes rules from a file beside the script, or from one that the script writes")
  func files() throws {
    let beside = try Self.rules(
      "llama-quantize --tensor-type-file r.txt --tensor-type output=q6_K m o q8_0",
      files: ["r.txt": "attn_q=q5_K\nffn=q4_K\n"])
    #expect(beside == ["attn_q=q5_K", "ffn=q4_K", "output=q6_K", ".=q8_0"])
    let written = try Self.rules(
      "cat > r.txt <<EOF\na=q8_0\nEOF\nllama-quantize --tensor-type-file r.txt m o q8_0",
      files: ["r.txt": "b=q8_0"])
    #expect(written == ["a=q8_0", ".=q8_0"])
  }

  @Test(
    "has what is no part of a recipe named, with the line",
    arguments: [
      (
        "\nllama-quantize --frobnicate --custom-q a=q8_0 m o q8_0", 2,
        .unknown("--frobnicate")
      ),
      (
        "llama-quantize --exclude-weights x --custom-q a=q8_0 m o q8_0", 1,
        .beyond("--exclude-weights", effect: "takes importance from some tensors")
      ),
      ("llama-quantize --custom-q a=q8_0 m o f16", 1, .ignored(["--custom-q"], under: "F16")),
      (
        "llama-quantize --pure --custom-q a=q8_0 m o q4_0", 1,
        .ignored(["--custom-q"], under: "--pure")
      ),
      (
        "llama-quantize --attn-v-type q8_0 m o IQ2_XXS", 1,
        .ignored(["--attn-v-type"], under: "IQ2_XXS")
      ),
      ("llama-quantize --custom-q a=q8_0 m o Q9_9", 1, .unknownBase("Q9_9")),
      ("x=1\nllama-quantize --custom-q a=q8_0 m o Q4_0", 2, .plainBase("Q4_0")),
      (
        "llama-quantize m o Q8_0\nllama-quantize --custom-q a=q8_0 m o f32", 1, .passedOver
      ),
    ] as [(String, Int, RecipeRemark.Matter)])
  func remarks(script: String, line: Int, matter: RecipeRemark.Matter) throws {
    let source = try RecipeSource(script).settled(mix: nil, model: nil, imatrix: true)
    let remark = try #require(source.remarks.first { $0.matter == matter })
    #expect(remark.line == line && remark.description.hasPrefix("line \(line): "))
    let findings = try source.findings(
      for: nil, readBy: [], writable: { _ in true }, needsImportance: { _ in false })
    #expect(findings.contains { $0.problem == .remark(remark) && $0.severity == remark.severity })
  }

  @Test("leaves the rest of a model to its mix, as ik_llama.cpp assigns it")
  func mix() throws {
    let mix = try Skeleton(parsing: "ffn_down=q6_K if layer < 1\n.=q4_K")
    let source = try RecipeSource("llama-quantize --custom-q attn_q=q8_0 m o Q4_K_M")
    #expect(source.remainder?.mix == "Q4_K_M")
    var metadata = Metadata()
    metadata["general.architecture"] = .string("llama")
    metadata["llama.block_count"] = .uint32(12)
    let model = try ModelOutline(metadata: metadata, tensors: Outline.dense)
    let settled = try source.settled(mix: mix, model: model, imatrix: true)
    #expect(settled.remarks.isEmpty && settled.remainder == nil)
    let names = model.tensors.map(\.name)
    let types = try settled.recipe.assignment(of: names).types
    let expected = mix.types(for: model, imatrix: true)
    for (index, name) in names.enumerated() where model.tensors[index].isQuantizable {
      #expect(types[index] == (name.contains("attn_q") ? .Q8_0 : expected[index]), "\(name)")
    }
    let alone = try source.settled(mix: mix, model: nil, imatrix: true)
    #expect(alone.remarks.map(\.matter) == [.mixNeedsModel("Q4_K_M")])
    #expect(alone.recipe.rules == source.recipe.rules)
  }

  @Test("that differs from another one on the page makes several recipes, with their lines")
  func several() throws {
    let calls =
      "llama-quantize --custom-q a=q8_0 m o q4_0\n\nllama-quantize --custom-q a=q6_K m o q4_0"
    let error = #expect(throws: RecipeError.self) { try RecipeSource(calls) }
    #expect(error?.problem == .severalRecipes([1, 3]))
    let same =
      "llama-quantize --custom-q a=q8_0 m o q4_0\nllama-quantize --custom-q 'a=q8_0' n p q4_0"
    #expect(try RecipeSource(same).rules.count == 1)
  }
}

@Suite("A model card")
struct RecipeCardTests {
  @Test("holds its recipe between fences, whatever else stands there")
  func card() throws {
    let card = """
      # A model
      Use `--custom-q` like so:
      ```python
      print("it's")
      ```
      <details>

      ```bash
      custom="
      # attention
      attn=q8_0
      "
      ```
      ~~~
      llama-quantize --custom-q "$custom" m o Q8_0
      ~~~
      """
    let source = try RecipeSource(card)
    #expect(source.recipe.rules.map(\.description) == ["attn=q8_0"])
    #expect(source.rules.map(\.line) == [11])
    #expect(source.remainder?.mix == "Q8_0")
  }

  @Test("of two mixes is refused, and says where they stand")
  func twoMixes() {
    let block = { (type: String) in
      "## Mix\n```bash\ncustom=\"\nattn=\(type)\n\"\nllama-quantize --custom-q \"$custom\" a b IQ4_K\n```\n"
    }
    let error = #expect(throws: RecipeError.self) {
      try RecipeSource(block("q8_0") + block("q6_K"))
    }
    #expect(error?.problem == .severalRecipes([6, 13]))
    #expect(throws: Never.self) { try RecipeSource(block("q8_0") + block("q8_0")) }
  }
}
