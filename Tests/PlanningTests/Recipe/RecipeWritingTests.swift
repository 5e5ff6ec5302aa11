import GGUF
import Planning
import Testing
import TestSupport

@Suite("A recipe that Ration writes")
struct RecipeWritingTests {
  private static let model: [(name: String, type: TensorType)] = [
    ("output.weight", .Q6_K), ("blk.10.ffn_down.weight", .IQ4_KSS), ("token_embd.weight", .Q8_0),
    ("blk.2.ffn_down.weight", .IQ4_KSS), ("blk.0.ffn_down.weight", .IQ5_K),
    ("blk.2.ffn_up.weight", .Q4_K), ("v.blk.2.ffn_down.weight", .Q4_K),
  ]

  @Test("has a rule per role and type: anchored, in order, whatever the order of the tensors")
  func groups() {
    let expected = """
      ^output\\.weight$=q6_K
      ^token_embd\\.weight$=q8_0
      ^blk\\.0\\.ffn_down\\.weight$=iq5_k
      ^blk\\.(2|10)\\.ffn_down\\.weight$=iq4_kss
      ^blk\\.2\\.ffn_up\\.weight$=q4_K
      ^v\\.blk\\.2\\.ffn_down\\.weight$=q4_K

      """
    #expect(Recipe(assigning: Self.model).text == expected)
    #expect(Recipe(assigning: Self.model.reversed()).text == expected)
  }

  @Test("pastes into --custom-q and --tensor-type-file")
  func forms() {
    var recipe = Recipe(assigning: [("a.weight", .Q4_K), ("b.weight", .Q8_0)])
    recipe.provenance["ration"] = "1"
    #expect(recipe.customQ == #"^a\.weight$=q4_K,^b\.weight$=q8_0"#)
    #expect(recipe.tensorTypeFile == "^a\\.weight$=q4_K\n^b\\.weight$=q8_0\n")
  }

  @Test("writes what a name must not bring into a pattern as its code")
  func escapes() throws {
    let names = ["A,b=c d.weight", "a,b=c d.weight", "x+(1)|y$.weight", "#\n.weight", "blk.A1.b"]
    let types = zip(names, [TensorType.Q4_K, .Q5_K, .Q6_K, .Q8_0, .BF16]).map {
      (name: $0, type: $1)
    }
    let recipe = Recipe(assigning: types)
    #expect(recipe.rules[0].pattern.text == #"^\x23\x0a\.weight$"#)
    #expect(recipe.rules[1].pattern.text == #"^\x41\x2cb\x3dc\x20d\.weight$"#)
    #expect(recipe.text.allSatisfy { !$0.isUppercase || $0 == "K" })
    for runtime in Runtime.allCases { try recipe.check(types, readBy: runtime) }
    #expect(try Recipe(parsing: recipe.text).rules == recipe.rules)
  }

  #if os(Linux)
    @Test("matches names of odd characters byte by byte, as std::regex does")
    func oddNames() throws {
      let names = [
        "blk.0.\u{2028}a.weight", "blk.0.\u{9B}a.weight", "blk.0.\u{202E}a.weight", "é.weight",
        "e\u{301}.weight", "\u{1B}[31m.weight", "\u{A0}\u{3000}.weight", "重み.weight",
      ]
      let types = zip(names, [TensorType.Q4_K, .Q5_K, .Q6_K, .Q8_0, .BF16, .IQ4_XS, .Q2_K, .Q3_K])
        .map { (name: $0, type: $1) }
      let recipe = Recipe(assigning: types)
      #expect(recipe.text.unicodeScalars.allSatisfy { $0 == "\n" || !$0.isDisturbing })
      for runtime in Runtime.allCases { try recipe.check(types, readBy: runtime) }
      #expect(try Recipe(parsing: recipe.text).rules == recipe.rules)
      for rule in recipe.rules {
        let found = StandardRegexSearch.matches(rule.pattern.text, in: names)
        #expect(found == names.map { rule.pattern.matches($0) })
        #expect(found.filter { $0 == true }.count == 1)
      }
    }
  #endif

  @Test("is read alike by both programs, and matches each tensor once")
  func replays() throws {
    var generator = SeededGenerator(seed: 8)
    let roles = ["attn_q", "attn_k_b", "ffn_down_exps", "ffn_down", "ffn_gate_up", "A_log"]
    let types: [TensorType] = [.Q4_K, .Q5_K, .Q6_K, .Q8_0, .BF16, .IQ4_XS]
    for _ in 0..<20 {
      let tensors: [(name: String, type: TensorType)] =
        (0..<Int.random(in: 1...30, using: &generator)).flatMap { block in
          roles.map { role in
            (name: "blk.\(block).\(role).weight", type: types.randomElement(using: &generator)!)
          }
        }
      let recipe = Recipe(assigning: tensors.shuffled(using: &generator))
      for runtime in Runtime.allCases { try recipe.check(tensors, readBy: runtime) }
      for tensor in tensors {
        #expect(recipe.rules.filter { $0.pattern.matches(tensor.name) }.count == 1)
      }
      let read = try Recipe(parsing: recipe.text).assignment(of: tensors.map(\.name))
      #expect(read.types == tensors.map(\.type))
      #expect(read.unmatched.isEmpty && read.shadowed.isEmpty)
    }
  }

  @Test("has several rules where one pattern would be too long")
  func manyBlocks() throws {
    let tensors = (0..<1000).map { (name: "blk.\($0).ffn_up.weight", type: TensorType.Q4_K) }
    let recipe = Recipe(assigning: tensors)
    #expect(recipe.rules.allSatisfy { $0.pattern.text.utf8.count <= TensorPattern.longest })
    #expect(recipe.rules.count == 4)
    try recipe.check(tensors, readBy: .mainline)
  }

  @Test("is checked: what a program reads differently is an error")
  func mismatches() throws {
    let upper = try Recipe(parsing: "blk.A=q4_K")
    try upper.check([("blk.A", .Q4_K)], readBy: .ik)
    #expect(throws: RecipeMismatch.differs(tensor: "blk.A", meant: .Q4_K, read: nil, .mainline)) {
      try upper.check([("blk.A", .Q4_K)], readBy: .mainline)
    }
    let comma = try Recipe(parsing: "a{1,2}=q4_K")
    try comma.check([("aa", .Q4_K)], readBy: .mainline)
    #expect(throws: RecipeMismatch.refused(.malformed("a{1"), .ik)) {
      try comma.check([("aa", .Q4_K)], readBy: .ik)
    }
    let ikType = try Recipe(parsing: "a=iq4_kss")
    try ikType.check([("a", .IQ4_KSS), ("b", nil)], readBy: .ik)
    let refusal = TypeRuleError.unknownType("iq4_kss", rule: "a=iq4_kss")
    #expect(throws: RecipeMismatch.refused(refusal, .mainline)) {
      try ikType.check([("a", .IQ4_KSS)], readBy: .mainline)
    }
  }
}

@Suite("The provenance of a recipe")
struct ProvenanceTests {
  @Test("is written before the rules and read back")
  func roundTrip() throws {
    var recipe = Recipe(assigning: [("a.weight", .Q4_K)])
    recipe.provenance["ration"] = "0.1.0"
    recipe.provenance["model"] = "Folio: 4M\nBF16"
    recipe.provenance["predicted_kld"] = "0.0081"
    #expect(
      recipe.text == """
        # ration: 0.1.0
        # model: Folio: 4M BF16
        # predicted_kld: 0.0081
        ^a\\.weight$=q4_K

        """)
    let read = try Recipe(parsing: recipe.text)
    #expect(read == recipe)
    #expect(read.provenance["model"] == "Folio: 4M BF16")
  }

  @Test("keeps its order, replaces in place and removes")
  func edits() {
    var provenance = Provenance()
    provenance["a"] = "1"
    provenance["b"] = "2"
    provenance["c"] = "3"
    provenance["a"] = "4"
    provenance["b"] = nil
    #expect(provenance.entries.map(\.key) == ["a", "c"])
    #expect(provenance["a"] == "4" && provenance["b"] == nil)
  }

  @Test("holds no plain comments, and of a repeated key the first value")
  func plainComments() throws {
    let recipe = try Recipe(
      parsing: """
        # Model name: X
        # see https://example.org
        #   bytes: 12
        # bytes: 13
        a=q8_0
        # late: 1
        """)
    #expect(recipe.provenance.entries.map(\.key) == ["bytes"])
    #expect(recipe.provenance["bytes"] == "12")
  }
}
