import GGUF
import Planning
import Testing

@Suite("A script that holds a recipe")
struct RecipeScriptTests {
  @Test("is read as the shell would pass its rules on")
  func published() throws {
    let source = try RecipeSource(
      #"""
      #!/usr/bin/env bash
      # don't mind this quote
      model="/models/a=b.gguf"; imatrix='/models/x.dat'

      custom="
      # 61 Repeating Layers [0-60]

      ## Attention
      blk\..*\.attn_k_b.*=q8_0
      blk\..*\.attn_.*=iq5_ks,

      ## Routed Experts
      blk\..*\.ffn_(gate|up)_exps\.weight=IQ4_KSS
      "

      custom=$(
        echo "$custom" | grep -v '^#' | \
        sed -Ez 's:\n+:,:g;s:,$::;s:^,::'
      )

      ./build/bin/llama-quantize \
          --custom-q "$custom" \
          --imatrix "$imatrix" \
          "$model" out.gguf IQ4_KSS 24
      """#)
    #expect(
      source.recipe.rules.map(\.description) == [
        #"blk\..*\.attn_k_b.*=q8_0"#, #"blk\..*\.attn_.*=iq5_ks"#,
        #"blk\..*\.ffn_(gate|up)_exps\.weight=iq4_kss"#,
      ])
    #expect(source.rules.map(\.line) == [9, 10, 13])
    #expect(source.rules.map(\.typeName) == ["q8_0", "iq5_ks", "IQ4_KSS"])
  }

  @Test(
    "may be anything from a command to a text in quotes",
    arguments: [
      (#"llama-quantize --custom-q "a\.b=q8_0,c=q4_K" in out IQ4_KS"#, [#"a\.b=q8_0"#, "c=q4_K"]),
      ("q --custom-q 'a=q8_0' \\\n  --custom-q b=q4_K in out", ["a=q8_0", "b=q4_K"]),
      (
        #"q --tensor-type attn_v=q5_k --tensor-type "\.1\.=q6_K" in out"#,
        ["attn_v=q5_K", #"\.1\.=q6_K"#]
      ),
      (#"custom="a=q8_0""#, ["a=q8_0"]), ("export recipe='\na=q8_0\n'", ["a=q8_0"]),
      (#"  "a=q8_0,b=q4_K","#, ["a=q8_0", "b=q4_K"]), ("'a=q8_0'", ["a=q8_0"]),
      (#"r="a=q8_0"; r2="b=q8_0"; q --custom-q ${r2}"#, ["b=q8_0"]),
      (#"custom="a\\.b=q8_0""#, [#"a\.b=q8_0"#]), (#"custom='a\\.b=q8_0'"#, [#"a\\.b=q8_0"#]),
      (#"--custom-q a\\.b=q8_0 # 'no more"#, [#"a\.b=q8_0"#]),
    ])
  func forms(script: String, rules: [String]) throws {
    #expect(try Recipe(parsing: script).rules.map(\.description) == rules)
  }

  @Test("keeps the provenance that stands above its rules")
  func provenance() throws {
    let recipe = try Recipe(parsing: "custom=\"\n# ration: 0.1.0\na=q8_0\n\"")
    #expect(recipe.provenance["ration"] == "0.1.0")
  }

  @Test(
    "is refused with the line that is wrong",
    arguments: [
      ("x='\na=q8_0\nb=q9_9\n'", 3, .rule(.unknownType("q9_9", rule: "b=q9_9"))),
      ("custom=\"\na=q8_0\n", 1, .unclosedQuote), ("a='b'\nc='d", 2, .unclosedQuote),
      ("\nq --custom-q \"$rules\"", 2, .unknownVariable("rules")),
      ("custom=\"a=$1\"", 1, .untold("$1")),
      ("#!/bin/sh\necho hello", nil, .noRules), ("x=\"y\"", nil, .noRules),
    ] as [(String, Int?, RecipeError.Problem)])
  func refusals(script: String, line: Int?, problem: RecipeError.Problem) {
    let error = #expect(throws: RecipeError.self) { try RecipeSource(script) }
    #expect(error?.line == line)
    #expect(error?.problem == problem)
  }

  @Test("cut off anywhere is a recipe or an error, never a trap")
  func cutOff() throws {
    let script =
      "#!/bin/sh\ncustom=\"\n# a: 1\na\\.b=q8_0,c='\\\n=q4_K\" \\\n q --custom-q \"$custom\""
    for end in script.indices {
      do {
        _ = try RecipeSource(String(script[..<end]))
      } catch let error as RecipeError {
        #expect(!error.description.isEmpty)
      }
    }
  }
}

@Suite("A recipe in JSON")
struct RecipeJSONTests {
  @Test("has a type for each tensor it names")
  func tensors() throws {
    let source = try RecipeSource(
      #"{"tensors": {"blk.0.a.weight": "Q4_K", "blk.1.a.weight": "q4_K"}, "provenance": {"bpw": "4"}}"#
    )
    #expect(source.recipe.rules.map(\.description) == [#"^blk\.(0|1)\.a\.weight$=q4_K"#])
    #expect(source.rules.map(\.line) == [nil])
    #expect(source.provenance["bpw"] == "4")
  }

  @Test(
    "is refused where it is not one",
    arguments: [
      (#"{"tensors": {"a": "q9_9"}}"#, .unknownType("q9_9", tensor: "a")),
      (#"{"tensors": {"a": 8}}"#, .json("‘a’ is not a text")),
      (#"{"tensors": ["a"]}"#, .json("a member is not an object")),
      (
        #"{"tensors": {"a": "q8_0", "a": "q4_0"}}"#,
        .json("a second member is named ‘a’ (at byte 29)")
      ),
      (
        #"{"tensors": {}, "tensors": {"b": "q4_0"}}"#,
        .json("a second member is named ‘tensors’ (at byte 25)")
      ),
      (#"{"tensors": {}} x"#, .json("something follows the value (at byte 16)")),
      (#"{"tensors": {"a": "\ud800"}}"#, .json("half a character is escaped (at byte 25)")),
      ("{}", .json("it has no member ‘tensors’")), (#"{"tensors": {"": "q8_0"}}"#, .tensorName("")),
      (
        #"{"tensors": {}, "provenance": {"No key": "1"}}"#, .provenanceKey("No key")
      ),
    ] as [(String, RecipeError.Problem)])
  func refusals(json: String, problem: RecipeError.Problem) {
    let error = #expect(throws: RecipeError.self) { try RecipeSource(json) }
    #expect(error?.line == nil)
    #expect(error?.problem == problem)
  }

  @Test("has what it says beyond a recipe named")
  func unknownMembers() throws {
    let source = try RecipeSource(
      #"{"tensors": {"a": "q8_0"}, "tensor": {"b": "q4_0"}, "x": [1, {}]}"#)
    #expect(source.remarks.map(\.matter) == [.unknown("tensor"), .unknown("x")])
  }

  @Test(
    "is read with its escapes",
    arguments: [
      (#""\u0061""#, "a"), (#""\u00e9\ud83d\ude00""#, "é😀"), (#""a\n\t\"\\\/""#, "a\n\t\"\\/"),
    ])
  func escapes(text: String, meant: String) throws {
    let source = try RecipeSource("{\"tensors\": {}, \(text): null}")
    #expect(source.remarks.map(\.matter) == [.unknown(meant)])
  }

  @Test("that is cut off says so")
  func cutOff() {
    let error = #expect(throws: RecipeError.self) { try RecipeSource(#"{"tensors": {"a""#) }
    #expect(error?.description.hasPrefix("not a recipe in JSON: ") == true)
  }
}
