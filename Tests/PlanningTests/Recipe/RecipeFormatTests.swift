import GGUF
import Planning
import Testing

@Suite("A recipe converted to another form")
struct RecipeFormatTests {
  /// Types that any row length of the outlines allows.
  private static let mainline: [TensorType] = [.Q4_0, .Q5_1, .Q8_0, .IQ4_NL, .F16, .BF16]
  private static let ik = mainline + [.Q6_0]

  /// The types that a recipe gives a model in the end.
  private static func final(_ recipe: Recipe, _ tensors: [TensorDescriptor]) throws -> [TensorType]
  {
    try recipe.outcome(for: tensors).entries.map(\.type)
  }

  @Test("for a model gives its tensors the same types", arguments: RecipeFormat.allCases)
  func exact(format: RecipeFormat) throws {
    var random = RandomRecipe(seed: 11, types: format == .tensorTypeFile ? Self.mainline : Self.ik)
    for _ in 0..<20 {
      let recipe = try Recipe(parsing: random.next())
      for tensors in Outline.all {
        let text = try format.text(of: recipe.outcome(for: tensors))
        let read = try Recipe(parsing: text)
        #expect(try Self.final(read, tensors) == Self.final(recipe, tensors))
        for tensor in tensors {
          #expect(read.rules.filter { $0.pattern.matches(tensor.name) }.count <= 1)
        }
      }
    }
  }

  @Test(
    "for a model is read by both programs as it is meant",
    arguments: [
      RecipeFormat.customQ, .tensorTypeFile, .toolSuite, .recipe,
    ])
  func replayed(format: RecipeFormat) throws {
    var random = RandomRecipe(seed: 12, types: Self.mainline)
    for _ in 0..<15 {
      let recipe = try Recipe(parsing: random.next())
      for tensors in Outline.all {
        let read = try Recipe(parsing: format.text(of: recipe.outcome(for: tensors)))
        let meant = try zip(tensors, read.assignment(of: tensors.map(\.name)).types)
          .map { (name: $0.name, type: $1) }
        for runtime in Runtime.allCases { try read.check(meant, readBy: runtime) }
      }
    }
  }

  @Test("by itself keeps its rules", arguments: [RecipeFormat.toolSuite, .recipe])
  func rules(format: RecipeFormat) throws {
    var random = RandomRecipe(seed: 13, types: Self.ik)
    for _ in 0..<100 {
      let recipe = try Recipe(parsing: random.next())
      #expect(try Recipe(parsing: format.text(of: recipe)).rules == recipe.rules)
    }
  }

  @Test(
    "by itself is read by its program as it is meant, or refused",
    arguments: [
      (RecipeFormat.customQ, Runtime.ik), (.tensorTypeFile, .mainline),
    ])
  func carried(format: RecipeFormat, runtime: Runtime) throws {
    var random = RandomRecipe(seed: 14, types: Self.ik)
    var (carried, refused) = (0, 0)
    for _ in 0..<80 {
      let recipe = try Recipe(parsing: random.next())
      guard let text = try? format.text(of: recipe) else {
        refused += 1
        #expect(recipe.rules.contains { runtime.obstacle(to: $0) != nil })
        continue
      }
      carried += 1
      #expect(try Recipe(parsing: text).rules == recipe.rules)
      for tensors in Outline.all {
        let names = tensors.map(\.name)
        #expect(
          try runtime.types(of: names, under: recipe) == recipe.assignment(of: names).types)
      }
    }
    #expect(carried > 10 && refused > 10)
  }

  @Test(
    "is refused where the form cannot carry a rule",
    arguments: [
      (RecipeFormat.customQ, "a=q8_0\nblk.{1,2}=q4_K", RuleObstacle.comma, 1),
      (.customQ, "ffn(?=_up)=q8_0", .equalsSign, 0), (.tensorTypeFile, #"\D=q8_0"#, .capitals, 0),
      (.tensorTypeFile, "a=iq4_kss", .type, 0),
    ])
  func refusals(format: RecipeFormat, text: String, obstacle: RuleObstacle, place: Int) throws {
    let recipe = try Recipe(parsing: text)
    #expect(throws: RecipeFormatError.obstacle(obstacle, recipe.rules[place], format)) {
      try format.text(of: recipe)
    }
  }

  @Test("to JSON needs a model")
  func jsonNeedsModel() throws {
    let recipe = try Recipe(parsing: "a=q8_0")
    #expect(throws: RecipeFormatError.needsModel(.json)) { try RecipeFormat.json.text(of: recipe) }
  }

  @Test("to JSON keeps its provenance, and lists the tensors that keep their type")
  func json() throws {
    let recipe = try Recipe(parsing: "# ration: 1\n# model: \"x\"\nattn_q=q8_0")
    let tensors = [
      Outline.tensor("blk.0.attn_q.weight", [256, 2]), Outline.tensor("a_norm.weight", [256], .F32),
    ]
    let text = try RecipeFormat.json.text(of: recipe.outcome(for: tensors))
    #expect(
      text == """
        {
          "schema" : {
            "name" : "ration.recipe",
            "version" : 1
          },
          "provenance" : {
            "model" : "\\"x\\"",
            "ration" : "1"
          },
          "tensors" : {
            "a_norm.weight" : "f32",
            "blk.0.attn_q.weight" : "q8_0"
          }
        }

        """)
    let provenance = try Recipe(parsing: text).provenance
    #expect(provenance["model"] == "\"x\"" && provenance["ration"] == "1")
  }

  @Test("to a file of the GGUF Tool Suite comes in the suite's sections, for every tensor")
  func toolSuite() throws {
    var recipe = try Recipe(parsing: "exps=iq2_ks, attn_k_b=q8_0, attn=iq4_k, embd=q6_K, .*=q4_0")
    recipe.provenance["model"] = "Example"
    let tensors = Outline.experts.filter { !$0.name.contains(/blk\.[2-9]/) }
    #expect(
      try RecipeFormat.toolSuite.text(of: recipe.outcome(for: tensors)) == #"""
        ## Quant mix recipe created using Ration
        # Model name: Example
        # model: Example

        ## Model head & embeddings — qbits: 6 4
        ^output\.weight$=q4_0
        ^token_embd\.weight$=q6_K

        ## Special attention kernels — single-quant only (llama-quantize takes care of it) — qbits: 8
        ^blk\.(0|1)\.attn_k_b\.weight$=q8_0

        ## Multi-headed attention parameters — qbits: 32 4
        ^blk\.(0|1)\.attn_kv_a_mqa\.weight$=iq4_k
        ^blk\.(0|1)\.attn_norm\.weight$=f32

        ## MoE Gating & Routing — qbits: 32
        ^blk\.(0|1)\.exp_probs_b\.bias$=f32
        ^blk\.(0|1)\.ffn_gate_inp\.weight$=f32

        ## GPU-loaded - MoE Shared Experts Feed-Forward Network - ffn_*_shexp
        # ffn_down_shexp — down-projection (shared experts) — qbits: 4
        ^blk\.(0|1)\.ffn_down_shexp\.weight$=q4_0

        # ffn_up_shexp — up-projection (shared experts) — qbits: 4
        ^blk\.(0|1)\.ffn_up_shexp\.weight$=q4_0

        ## CPU-friendly - MoE Per-expert Feed-Forward Network - ffn_*_exps
        # ffn_down_exps — down-projection (per-expert) — qbits: 2
        ^blk\.(0|1)\.ffn_down_exps\.weight$=iq2_ks

        # ffn_up_exps — up-projection (per-expert) — qbits: 2
        ^blk\.(0|1)\.ffn_up_exps\.weight$=iq2_ks

        # ffn_gate_exps — gating network (per-expert) — qbits: 2
        ^blk\.(0|1)\.ffn_gate_exps\.weight$=iq2_ks

        ## THE END!

        """#)
  }
}
