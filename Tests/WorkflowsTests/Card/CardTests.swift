import Foundation
import GGUF
import Planning
import Reports
import Testing
import TestSupport
import Workflows

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("A model card") struct CardTests {
  let bench: Workbench

  init() throws { bench = try Workbench() }

  /// The card of these files.
  func card(
    _ bench: Workbench, _ quantized: [String]? = nil, _ session: Session = Session(threads: 1),
    _ change: (inout CardRequest) throws -> Void = { _ in }
  ) throws -> String {
    var request = CardRequest(model: bench.model, quantized: quantized ?? [bench.output])
    try change(&request)
    return try CardWorkflow.run(request, session).text
  }

  /// An evaluation of a file as `ration evaluate --json` prints it.
  func evaluation(
    of name: String, _ bitsPerWeight: Double, chunks: Int = 4, to file: String = "e.json"
  ) throws -> String {
    let base = try ModelFile(path: bench.model)
    let bytes = base.tensors.reduce(0) { $0 + $1.byteCount }
    let bits = BitsPerWeight.of(
      bytes: bytes, weights: base.tensors.reduce(0) { $0 + $1.elements })
    let json = """
      {"schema":{"name":"ration.evaluate","version":1},
      "base":{"name":"small.gguf","bpw":\(bits)},
      "quantized":{"name":"\(name)","bpw":\(bitsPerWeight)},"predicted_kld":null,
      "evaluation":{"texts":["wiki|`x`.txt"],"context":512,"chunks":\(chunks),"tokens":1024,
      "perplexity_base":{"value":8.5,"error":0.25},"perplexity":{"value":9.125,"error":0.5},
      "kld":{"value":0.0625,"error":0.001},"kld_median":0.03,"kld_99":0.5,"kld_maximum":2,
      "same_top":{"value":0.875,"error":0.01},"activations":"f32"}}
      """
    return try bench.directory.write(Array(json.utf8), to: file)
  }

  func bitsPerWeight(of path: String) throws -> Double {
    let file = try ModelFile(path: path)
    return BitsPerWeight.of(
      bytes: file.tensors.reduce(0) { $0 + $1.byteCount },
      weights: file.tensors.reduce(0) { $0 + $1.elements })
  }

  @Test("has size, recipe and origin, and no figure that nobody has measured") func bare() throws {
    try bench.apply(bench.plan().recipe)
    let card = try card(bench)
    #expect(card.contains("\n# Quantizations of Small\n"))
    #expect(
      card.contains(
        " MiB (\(String(format: "%.3f", try bitsPerWeight(of: bench.output))) BPW)\n\n`out.gguf`\n"
      ))
    let rules = try Recipe(typesOf: ModelFile(path: bench.output)).tensorTypeFile
    #expect(card.contains("custom='\n\(rules)'\n"))
    #expect(card.contains("# by ration 1.2.3, which made the file\nration apply "))
    #expect(card.contains("--statistics small.statistics.gguf\n"))
    #expect(card.contains("| these rules | `"))
    #expect(card.contains("- imatrix\n"))
    for word in ["PPL", "KL", "perplexity", "predicted", "base_model", "quantized_by", "licen"] {
      #expect(!card.contains(word), "\(word)")
    }
  }

  @Test("says the same of a file of another tool, as far as that says it") func others() throws {
    var small = SmallModel()
    small.fixture.keys.removeAll { $0.name == Array("general.file_type".utf8) }
    small.fixture.keys.append(.uint32("general.file_type", 27))
    let other = try bench.directory.write(small.fixture.bytes, to: "other.gguf")
    let card = try card(bench, [other])
    #expect(card.contains("\n## IQ3_M "))
    #expect(card.contains("# the same types by ik_llama.cpp\n./build/bin/llama-quantize"))
    #expect(card.contains("# or, the same types by ration\n# ration apply "))
    #expect(!card.contains("Made by") && !card.contains("SHA-256") && !card.contains("imatrix"))
  }

  @Test("has only one command that is no comment, and none that a program would refuse")
  func commands() throws {
    try bench.apply("ffn=iq4_kss\n.*=q8_0")
    let card = try card(bench)
    #expect(card.contains("**Requires [ik_llama.cpp]("))
    #expect(card.contains("llama.cpp does not load `iq4_kss`."))
    #expect(card.contains("- ik_llama.cpp\n"))
    #expect(!card.contains("--tensor-type-file"))
    #expect(card.contains("# ./build/bin/llama-quantize \\\n#     --custom-q \"$custom\""))
    #expect(card.contains("#     --imatrix small.statistics.dat \\\n"))
    #expect(card.contains("| a recipe of other rules | `"))
    let commands = card.split(separator: "\n").filter {
      $0.hasPrefix("ration apply") || $0.hasPrefix("./build")
    }
    #expect(commands.count == 1)
  }

  @Test("has the figures of an evaluation beside the base and others") func figures() throws {
    try bench.apply(".*=q8_0")
    let bits = try bitsPerWeight(of: bench.output)
    let own = try evaluation(of: "out.gguf", bits)
    let other = try evaluation(of: "x|`y.gguf", 6.25, to: "f.json")
    let card = try card(bench) { $0.evaluations = [own, other] }
    #expect(
      card.contains(
        "\nFinal estimate: PPL over 4 chunks for n_ctx=512 = 9.1250 +/- 0.50000\n"))
    let rows = card.split(separator: "\n").filter { $0.contains("± 0.") }
    #expect(rows.count == 3)
    #expect(
      rows[0].hasPrefix("| BF16 | ")
        && rows[0].hasSuffix("| 8.5000 ± 0.25000 | – | – | – | – | – |"))
    #expect(
      rows[1].hasSuffix(
        "| 9.1250 ± 0.50000 | 0.0625 ± 0.001 | 0.03 | 0.5 | 2 | 87.5 ± 1 % |"))
    #expect(rows[1].hasPrefix("| **Q8_0** | "))
    #expect(rows[2].hasPrefix("| <code>x&#124;&#96;y&#46;gguf</code> | "))
    #expect(rows[2].contains(" MiB | 6.250 | "))
    #expect(card.contains("over <code>wiki&#124;&#96;x&#96;&#46;txt</code>, 4 × 512 tokens."))
  }

  @Test("takes no evaluation that is of something else") func mismatches() throws {
    try bench.apply(".*=q8_0")
    let bits = try bitsPerWeight(of: bench.output)
    let own = try evaluation(of: "out.gguf", bits)
    func expect(_ words: String, _ evaluations: [String]) {
      let error = #expect(throws: EvaluationMismatch.self) {
        try card(bench) { $0.evaluations = evaluations }
      }
      #expect(error?.kind == .badInput && error?.description.contains(words) == true)
    }
    let another = try evaluation(of: "out.gguf", bits + 1, to: "f.json")
    expect("f.json: it is of another file: out.gguf with", [another])
    let text = try evaluation(of: "x.gguf", 8, chunks: 5, to: "g.json")
    expect("it is of wiki|`x`.txt, 5 × 512 tokens, the other of", [own, text])
    expect("e.json is of out.gguf too", [own, own])
    let base = String(decoding: try contents(of: own), as: UTF8.self)
      .replacing("small.gguf", with: "large.gguf")
    let foreign = try bench.directory.write(Array(base.utf8), to: "h.json")
    expect("h.json: it is of another base: large.gguf with", [foreign])
    let folder = bench.directory("folder")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: bench.output, toPath: folder + "/out.gguf")
    let error = #expect(throws: EvaluationMismatch.self) {
      try card(bench, [bench.output, folder + "/out.gguf"]) { $0.evaluations = [own] }
    }
    #expect(error?.description.contains("two files are named out.gguf") == true)
  }

  @Test("is refused for a file of another model") func otherModels() throws {
    var small = SmallModel()
    let removed = small.fixture.tensors.removeLast()
    let fewer = try bench.directory.write(small.fixture.bytes, to: "fewer.gguf")
    #expect(throws: ModelMismatch.self) { try card(bench, [fewer]) }
    #expect(throws: ModelMismatch.self) {
      try card(bench, [bench.model]) { $0.model = fewer }
    }
    var other = removed
    other.dimensions = [other.dimensions[0] * other.dimensions[1]]
    small.fixture.tensors.append(other)
    let flat = try bench.directory.write(small.fixture.bytes, to: "flat.gguf")
    #expect(throws: ModelMismatch.self) { try card(bench, [flat]) }
  }

  @Test("says of the model's origin what its metadata say, and nothing of its parents")
  func frontMatter() throws {
    let keys: [GGUFFixture.Key] = [
      .string("general.license", "other"), .string("general.license.name", "a: \"b\""),
      .strings("general.languages", ["en", "no"]),
      .strings("general.tags", ["chat", "text-generation", "gguf"]),
      .string("general.source.repo_url", "https://huggingface.co/owner/Name_1"),
      .string("general.base_model.0.repo_url", "https://huggingface.co/parent/Model"),
      .string("general.quantized_by", "somebody"),
    ]
    let bench = try Workbench(SmallModel(keys: keys))
    let spy = WarningSpy()
    let card = try card(
      bench, [bench.model], spy.session()
    ) { $0.author = "me" }
    #expect(
      card.hasPrefix(
        """
        ---
        quantized_by: me
        pipeline_tag: text-generation
        library_name: gguf
        base_model: owner/Name_1
        base_model_relation: quantized
        license: other
        license_name: "a: \\"b\\""
        language:
        - en
        - "no"
        tags:
        - gguf
        - chat
        ---

        # Quantizations of [owner/Name_1](https://huggingface.co/owner/Name_1)

        """))
    #expect(spy.warnings.isEmpty)
    let plain = try self.card(
      self.bench, [self.bench.model], spy.session())
    #expect(!plain.contains("base_model") && spy.warnings.count == 1)
    #expect(spy.warnings.first?.contains("--base-model") == true)
  }

  @Test("is still a card, whatever files say") func hostile() throws {
    let hostile = "`a` | </details>\n---\n# <b>x</b> [y](z) \u{202E}\"'"
    var keys = [
      "general.license", "general.license.name", "general.license.link", "ration.version",
    ]
    .map { GGUFFixture.Key.string($0, hostile) }
    keys.append(.strings("general.tags", [hostile]))
    keys.append(.strings("general.languages", [hostile]))
    keys.append(.string("quantize.imatrix.file", hostile))
    keys.append(.string("general.repo_url", hostile))
    var small = SmallModel(keys: keys)
    small.fixture.keys.removeAll { $0.name == Array("general.name".utf8) }
    small.fixture.keys.append(.string("general.name", hostile))
    let place = small.fixture.tensors.firstIndex { $0.name == Array("output.weight".utf8) }!
    small.fixture.tensors[place].name = Array(hostile.utf8)
    let bench = try Workbench(small)
    let name = "`|<b>'\n.gguf"
    let path = try bench.directory.write(small.fixture.bytes, to: name)
    let picture = bench.directory("a b).svg")
    let card = try card(bench, [path]) { $0.picture = picture }
    #expect(
      card.contains(
        "\nlicense: \"`a` | </details>\\n---\\n# <b>x</b> [y](z) \\u202e\\\"'\"\n"))
    let lines = card.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.filter { $0 == "---" }.count == 2 && lines.first == "---")
    #expect(lines.filter { $0.hasPrefix("```") } == ["```bash", "```"])
    for element in ["<details>", "</details>"] {
      #expect(lines.filter { $0 == element }.count == 1)
    }
    // Neither YAML nor what stands between fences is read as Markdown.
    let markdown = card.split(separator: "\n---\n", maxSplits: 1)[1].split(separator: "```")
    for text in [markdown[0], markdown[2]] {
      #expect(!text.contains("<b>") && text.contains("&lt;b&gt;") || text.contains("&#60;b&#62;"))
    }
    #expect(!card.unicodeScalars.contains("\u{202E}"))
    #expect(card.contains("(a%20b%29.svg)"))
    let table = lines.filter { $0.hasPrefix("| ") && $0.contains("MiB") }
    for row in table where !row.contains("%") {
      #expect(row.split(separator: "|").count == 3, "\(row)")
    }
    let svg = String(decoding: try contents(of: picture), as: UTF8.self)
    #expect(!svg.contains("<b>") && !svg.unicodeScalars.contains("\u{202E}"))
    #expect(XMLParser(data: Data(svg.utf8)).parse())
  }

  @Test(
    "has its recipe in a form that is read again", arguments: [".*=q8_0", ".*=iq4_nl\nffn=q4_0"])
  func reading(_ rules: String) throws {
    try bench.apply(rules)
    let source = try RecipeSource(try card(bench)) { _ in nil }
    let types = try Recipe(typesOf: ModelFile(path: bench.output))
    #expect(source.recipe.rules == types.rules)
  }

  @Test(
    "links to its picture from where it is",
    arguments: [
      ("", "", "types.svg", "types.svg"), ("card/", "card/", "types.svg", "types.svg"),
      ("", "", "img/types.svg", "img/types.svg"), ("card/", "", "types.svg", "types.svg"),
    ])
  func pictures(folder: String, before: String, name: String, link: String) throws {
    for name in ["card", "img"] {
      try FileManager.default.createDirectory(
        atPath: bench.directory(name), withIntermediateDirectories: true)
    }
    let (output, picture) = (bench.directory("\(folder)README.md"), bench.directory(before + name))
    let card = try card(bench, [bench.model]) {
      $0.output = output
      $0.picture = picture
    }
    #expect(card.contains("![Type of each tensor, by layer and kind](\(link))\n"))
    #expect(try contents(of: output) == Array(card.utf8))
    let svg = String(decoding: try contents(of: picture), as: UTF8.self)
    #expect(svg.contains(">attn_output</text>") && svg.contains("prefers-color-scheme: dark"))
    #expect(svg.contains(">bf16 16</text>") && !svg.contains("norm"))
  }
}
