import GGUF
import Planning
import Testing

@Suite("The check of a recipe")
struct RecipeFindingTests {
  private static let tensors = [
    Outline.tensor("token_embd.weight", [512, 64]),
    Outline.tensor("output_norm.weight", [512], .F32),
    Outline.tensor("blk.0.attn_q.weight", [512, 64]),
    Outline.tensor("blk.0.ffn_A.weight", [96, 6]),
  ]

  private static func findings(
    _ text: String, for tensors: [TensorDescriptor]? = tensors,
    by runtimes: [Runtime] = Runtime.allCases
  ) throws -> [RecipeFinding] {
    try RecipeSource(text).findings(
      for: tensors, readBy: runtimes, writable: { $0.rowsPerGroup == 1 },
      needsImportance: { $0 == .IQ2_XXS })
  }

  @Test("finds nothing where there is nothing")
  func clean() throws {
    #expect(try Self.findings("weight=q8_0").isEmpty)
    #expect(try Self.findings("weight=q8_0", for: nil).isEmpty)
    #expect(try Self.findings("# norms\nnorm=f32\nweight=q8_0").isEmpty)
  }

  @Test("finds nothing in what Ration writes")
  func ours() throws {
    var random = RandomRecipe(seed: 15, types: [.Q4_0, .Q8_0, .IQ4_NL])
    for _ in 0..<15 {
      let recipe = try Recipe(parsing: random.next())
      for tensors in Outline.all {
        let text = try RecipeFormat.recipe.text(of: recipe.outcome(for: tensors))
        let found = try Self.findings(text, for: tensors)
        #expect(found.allSatisfy { $0.rule == nil && $0.severity == .warning })
      }
    }
  }

  @Test(
    "finds what is wrong, with the line",
    arguments: [
      ("a=q8_0\nffn_\\w{1,2}=q8_0", 2, .obstacle(.comma, .ik)),
      ("(?=b)blk=q8_0", 1, .obstacle(.equalsSign, .ik)),
      ("ffn_A=q8_0", 1, .obstacle(.capitals, .mainline)),
      ("attn=iq4_kss", 1, .obstacle(.type, .mainline)),
      ("embd=q8_0\n.*=q4_K", 2, .misfit(tensors: ["blk.0.ffn_A.weight"], rows: 6, columns: 96)),
      ("attn=iq4_k_r4", 1, .unwritable(tensors: ["blk.0.attn_q.weight"])),
    ] as [(String, Int, RecipeFinding.Problem)])
  func errors(text: String, line: Int, problem: RecipeFinding.Problem) throws {
    let found = try Self.findings(text)
    let finding = try #require(found.first { $0.problem == problem })
    #expect(finding.line == line && finding.severity == .error)
    #expect(finding.description.hasPrefix("line \(line): ‘"))
    #expect(found.first?.severity == .error)
  }

  @Test("notes types that need importance, which no part of a recipe tells of")
  func importance() throws {
    let found = try Self.findings("attn=iq2_xxs\nweight=q8_0", by: [.ik])
    #expect(found.last?.problem == .needsImportance(tensors: ["blk.0.attn_q.weight"]))
    #expect(found.last?.severity == .note && found.last?.line == 1)
    #expect(found.last?.description.hasSuffix("apply takes it with --statistics only") == true)
    let alone = try Self.findings("attn=iq2_xxs\nweight=q8_0", for: nil, by: [.ik])
    #expect(alone.map(\.problem) == [.needsImportance(tensors: [])])
  }

  @Test(
    "warns of what may not be meant",
    arguments: [
      ("weight=q8_0\nssm=q8_0", 2, .unmatched), ("weight=q8_0\nattn=q4_K", 2, .shadowed),
      ("norm=q8_0\nweight=q8_0", 1, .keptOnly(tensors: ["output_norm.weight"])),
      ("weight=Q8_0", 1, .spelling("Q8_0")),
      ("token_embd=iq4_k_r4\n.*=q8_0", 1, .rearrangedLookup(tensor: "token_embd.weight")),
      ("blk=q8_0", nil, .uncovered(tensors: ["token_embd.weight"])),
    ] as [(String, Int?, RecipeFinding.Problem)])
  func warnings(text: String, line: Int?, problem: RecipeFinding.Problem) throws {
    let found = try Self.findings(text, by: [.ik]).filter { $0.severity == .warning }
    #expect(found.map(\.problem) == [problem])
    #expect(found.first?.line == line)
  }

  @Test("asks of a model what only matters for it")
  func harmlessCapitals() throws {
    // In lower case the class has the same letters that these names have.
    let text = "[A-Za-z]+_q=q8_0\n.*=q4_0"
    #expect(try Self.findings(text, by: [.mainline]).isEmpty)
    #expect(
      try Self.findings(text, for: nil, by: [.mainline]).map(\.problem)
        == [.obstacle(.capitals, .mainline)])
  }

  @Test("knows the spelling of types only for the program that minds")
  func spelling() throws {
    #expect(try Self.findings("weight=Q8_0", by: [.mainline]).isEmpty)
  }
}
