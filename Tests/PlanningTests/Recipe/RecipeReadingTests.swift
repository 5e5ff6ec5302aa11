import GGUF
import Planning
import Testing

@Suite("A recipe that people publish")
struct RecipeReadingTests {
  @Test("as a bash variable with comments is read")
  func bashBody() throws {
    let recipe = try Recipe(
      parsing: """

        # 94 Repeating Layers [0-93]

        # Attention
        blk\\..*\\.attn_q.*=iq6_k
        blk\\..*\\.attn_(k|v).*=q8_0   # small, so keep it good

        # Routed Experts
          blk\\.([0-9]|1[0-9])\\.ffn_down_exps\\.weight=iq5_ks

        # Token Embedding
        token_embd\\.weight=IQ4_K
        """)
    #expect(
      recipe.rules.map(\.description) == [
        #"blk\..*\.attn_q.*=iq6_k"#, #"blk\..*\.attn_(k|v).*=q8_0"#,
        #"blk\.([0-9]|1[0-9])\.ffn_down_exps\.weight=iq5_ks"#, #"token_embd\.weight=iq4_k"#,
      ])
  }

  @Test("as the GGUF Tool Suite writes it is read")
  func toolSuite() throws {
    let recipe = try Recipe(
      parsing: """
        ## Quant mix recipe created using a tool suite - https://example.org/
        # Model name: Example-4B

        ## Model head & embeddings — qbits: 32 8
        ^output_norm\\.weight$=f32
        ^token_embd\\.weight$=q8_0

        ## Special attention kernels
        # ^blk\\.([0-9]|[1-5][0-9]|60)\\.attn_k_b\\.weight$=q8_0
        ^blk\\.([0-9]|[1-5][0-9]|60)\\.attn_k_b\\.weight$=q8_0

        # GPU Total: 11.744 GiB (95.0%) | 12.362 GiB max, if all were q8_0
        """)
    #expect(recipe.rules.map(\.type) == [.F32, .Q8_0, .Q8_0])
    #expect(recipe.provenance == Provenance())
  }

  @Test(
    "with several rules a line is divided",
    arguments: [
      ("a=q8_0,b=q4_K", ["a=q8_0", "b=q4_K"]),
      ("a=q8_0,b=q4_K,", ["a=q8_0", "b=q4_K"]),
      (",a=q8_0,,b=q4_K", ["a=q8_0", "b=q4_K"]),
      ("a=q8_0 b=q4_K\tc=q5_k", ["a=q8_0", "b=q4_K", "c=q5_K"]),
      ("a=q8_0, b=q4_K", ["a=q8_0", "b=q4_K"]),
      (#"blk\.\d{1,3}\.a=q8_0"#, [#"blk\.\d{1,3}\.a=q8_0"#]),
      (#"a=q8_0,blk\.\d{1,3}\.b=q4_K,c=bf16"#, ["a=q8_0", #"blk\.\d{1,3}\.b=q4_K"#, "c=bf16"]),
      ("a[,x]=q8_0,b=q4_K", ["a[,x]=q8_0", "b=q4_K"]),
      ("ffn(?=_(up,|down))=q8_0", ["ffn(?=_(up,|down))=q8_0"]),
      ("ffn(?=up,down)=q8_0", ["ffn(?=up,down)=q8_0"]),
    ])
  func commas(line: String, rules: [String]) throws {
    #expect(try Recipe(parsing: line).rules.map(\.description) == rules)
  }

  @Test("with any line ends is read")
  func lineEnds() throws {
    for ends in ["\n", "\r\n", "\r"] {
      let recipe = try Recipe(
        parsing: ["# ration: 1", "a=q8_0", "", "b=q4_K", ""].joined(separator: ends))
      #expect(recipe.rules.count == 2)
      #expect(recipe.provenance["ration"] == "1")
    }
  }

  @Test("of nothing but comments has no rules")
  func empty() throws {
    #expect(try Recipe(parsing: "").rules.isEmpty)
    #expect(try Recipe(parsing: "# a=q8_0\n  #b=q8_0\n").rules.isEmpty)
  }

  @Test(
    "is refused with the line and what was read",
    arguments: [
      ("a=q8_0\nb=q9_k", 2, .unknownType("q9_k", rule: "b=q9_k")),
      ("a=q9_k,b=q4_K", 1, .unknownType("q9_k", rule: "a=q9_k")),
      ("\n\nattn_q", 3, .malformed("attn_q")), ("a=q8_0,b", 1, .malformed("b")),
      ("=q8_0", 1, .malformed("=q8_0")), ("a=", 1, .unknownType("", rule: "a=")),
    ] as [(String, Int, TypeRuleError)])
  func refusals(text: String, line: Int, problem: TypeRuleError) {
    let error = #expect(throws: RecipeError.self) { try Recipe(parsing: text) }
    #expect(error?.line == line)
    #expect(error?.problem == .rule(problem))
  }

  @Test("is refused where a pattern is not well-formed")
  func invalidPattern() {
    let error = #expect(throws: RecipeError.self) { try Recipe(parsing: "# x\r\n(a=q8_0") }
    #expect(error?.description == "line 2: pattern ‘(a’ has an unbalanced ‘(’")
  }
}

@Suite("A recipe over the tensors of a model")
struct RecipeAssignmentTests {
  @Test("gives each the type of the first rule that matches")
  func firstMatchWins() throws {
    let recipe = try Recipe(parsing: "blk.0=q8_0\nffn=iq4_k\nblk=q4_K")
    let assignment = try recipe.assignment(of: [
      "blk.0.ffn_up", "blk.1.ffn_up", "blk.1.a", "output",
    ])
    #expect(assignment.types == [.Q8_0, .IQ4_K, .Q4_K, nil])
    #expect(assignment.unmatched.isEmpty && assignment.shadowed.isEmpty)
  }

  @Test("names the rules that match nothing and those that earlier ones shadow")
  func uselessRules() throws {
    let recipe = try Recipe(parsing: "ffn=q8_0 ffn_up=q4_K ssm=q4_K gate=q5_K")
    let assignment = try recipe.assignment(of: ["ffn_up", "ffn_gate"])
    #expect(assignment.types == [.Q8_0, .Q8_0])
    #expect(assignment.shadowed == [recipe.rules[1], recipe.rules[3]])
    #expect(assignment.unmatched == [recipe.rules[2]])
  }
}
