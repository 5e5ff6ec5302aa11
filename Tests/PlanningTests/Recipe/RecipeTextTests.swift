import GGUF
import Planning
import TestSupport
import Testing

@Suite("A recipe that was written")
struct RecipeTextTests {
  /// What rules are drawn from: signs that mean something to a shell, to comments, to JSON and to rules.
  private static let signs = [
    "a", "b", "attn_q", ".", #"\."#, "'", "\"", "#", "$", "`", "!", "{1,2}", "(x|y)", "[#]", "=",
    "-",
    "--custom-q", "<<", "&", ";", "|", "~", "é", "\u{A0}", "\u{200B}", "\u{2028}", "\u{301}", "@",
    "%", "^",
  ]

  @Test("is read again as it was, whatever its rules hold", arguments: 0..<20)
  func roundTrip(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var read = 0
    for _ in 0..<200 {
      let lines = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
        let pattern = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
          Self.signs.randomElement(using: &generator)!
        }.joined()
        return pattern + "=" + ["q8_0", "Q4_K"].randomElement(using: &generator)!
      }
      let separator = ["\n", ",", " ", "\n# 'x=q8_0\n"].randomElement(using: &generator)!
      guard let recipe = try? Recipe(parsing: lines.joined(separator: separator)) else { continue }
      read += 1
      let again = try Recipe(parsing: recipe.text)
      #expect(again == recipe, "\(recipe.text.debugDescription)")
      #expect(try Recipe(parsing: recipe.tensorTypeFile).rules == recipe.rules)
    }
    #expect(read > 40)
  }

  @Test("keeps its provenance, whatever that says")
  func provenance() throws {
    for value in [
      "", "\u{301}x", "a \"quote", "it's", "llama-quantize --custom-q 'a=q8_0", "x\u{2028}y",
    ] {
      var recipe = try Recipe(parsing: "a=q8_0")
      recipe.provenance["note"] = value
      #expect(try Recipe(parsing: recipe.text) == recipe)
    }
  }
}

@Suite("A text of rules")
struct RuleTextTests {
  @Test(
    "begins behind a byte order mark, and may hold others where files were joined",
    arguments: [
      "\u{FEFF}attn_q=q6_K\r\nffn_down=q5_K\r\n", "\u{FEFF}# my mix\r\nattn_q=q6_K\rffn_down=q5_K",
      "attn_q=q6_K\n\u{FEFF}ffn_down=q5_K",
      "\u{FEFF}llama-quantize --custom-q attn_q=q6_K,ffn_down=q5_K m o",
      "\u{FEFF}#!/bin/bash\r\nllama-quantize \\\r\n --custom-q attn_q=q6_K,ffn_down=q5_K m o\r\n",
    ])
  func marks(text: String) throws {
    #expect(
      try Recipe(parsing: text).rules.map(\.description) == ["attn_q=q6_K", "ffn_down=q5_K"])
  }

  @Test("on conditions begins behind a byte order mark too")
  func skeleton() throws {
    let text = "\u{FEFF}# ftype: X\r\nattn_q=q5_0 if tied\r\n"
    #expect(Skeleton.hasConditions(text) && !Skeleton.hasConditions("c='x=q8_0'; echo if so"))
    let skeleton = try Skeleton(parsing: text)
    #expect(skeleton.rules.count == 1 && skeleton.provenance["ftype"] == "X")
  }

  @Test("in JSON begins behind a byte order mark too")
  func json() throws {
    let text = "\u{FEFF}{\"tensors\":{\"blk.0.attn_q.weight\":\"q6_K\"}}"
    #expect(try Recipe(parsing: text).rules.map(\.type) == [.Q6_K])
  }

  @Test(
    "has characters that are hard to see named by their codes",
    arguments: [
      ("\u{A0}attn=q8_0", "U+00A0"), ("at\u{200B}tn=q8_0", "U+200B"), ("a\u{1}=q8_0", "U+0001"),
    ])
  func oddCharacters(text: String, code: String) throws {
    let source = try RecipeSource("b=q8_0\n" + text)
    let remark = try #require(source.remarks.first)
    #expect(remark.line == 2 && remark.severity == .warning)
    #expect(
      remark.description.contains(code) && remark.description.contains("\\u{") || code == "U+00A0")
  }

  @Test("does not hide a rule behind a number sign")
  func commentAfterComma() {
    let error = #expect(throws: RecipeError.self) { try Recipe(parsing: "x=q8_0\na=q8_0,#b=q4_K") }
    #expect(error?.line == 2 && error?.problem == .rule(.comment("#b=q4_K")))
  }

  @Test("of 200,000 rules is read, checked and applied in a moment")
  func large() throws {
    let text = (0..<200_000).map { "blk.\($0).ffn_down=q8_0\n" }.joined()
    let source = try RecipeSource(text)
    let names = (0..<60).flatMap { block in
      ["ffn_down", "ffn_up", "attn_q"].map { "blk.\(block).\($0).weight" }
    }
    let clock = ContinuousClock()
    let time = try clock.measure {
      let assignment = try source.recipe.assignment(of: names)
      #expect(assignment.types.count { $0 != nil } == 60)
      let types = zip(names, assignment.types).map { (name: $0, type: $1) }
      for runtime in Runtime.allCases { try source.recipe.check(types, readBy: runtime) }
    }
    #expect(time < .seconds(20), "\(time)")
  }
}
