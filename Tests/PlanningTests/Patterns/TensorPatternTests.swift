import Planning
import Testing

@Suite("A tensor pattern")
struct TensorPatternTests {
  @Test(
    "is found anywhere in a name",
    arguments: [
      ("ffn_down", true), ("down", true), ("^ffn_down", false), ("^blk", true), ("weight$", true),
      ("blk$", false), (".", true), ("ffn_up", false), ("^$", false), ("$^", false),
    ])
  func searches(pattern: String, isFound: Bool) throws {
    #expect(try TensorPattern(pattern).matches("blk.12.ffn_down.weight") == isFound)
  }

  @Test(
    "reads the grammar of ECMAScript",
    arguments: [
      (#"^blk\.(1[0-9]|2)\.ffn"#, "blk.17.ffn_up.weight", true),
      (#"^blk\.(1[0-9]|2)\.ffn"#, "blk.27.ffn_up.weight", false),
      (#"^blk\.\d{1,2}\."#, "blk.123.x", false), (#"^blk\.\d{1,}\."#, "blk.123.x", true),
      (#"^blk\.\d{3}\."#, "blk.123.x", true), (#"^blk\.\d{0}x"#, "blk.x", true),
      ("a.c", "a\nc", false), ("[^a-y]$", "z", true), ("[^a-y]$", "b", false),
      (#"[\w.]+$"#, "a.b", true), ("[a\\]]$", "]", true), ("[a-]$", "-", true),
      ("^[[:digit:]_]+$", "1_2", true), ("^[[:upper:]]$", "a", false),
      ("(?:ab)*c$", "xababc", true), ("^(ab)+?$", "abab", true), ("^(a|b|)$", "", true),
      (#"\bup\b"#, "a.up.b", true), (#"\bup\b"#, "ffn_up", false), (#"\Bup"#, "ffn_up", true),
      (#"^\x41\u0042\t$"#, "AB\t", true), (#"\_\-\/\A"#, "_-/A", true),
      ("^(?!.*exps).*ffn", "blk.1.ffn_up", true), ("^(?!.*exps).*ffn", "blk.1.ffn_up_exps", false),
      ("ffn(?=_up)", "ffn_up", true), ("ffn(?=_up)", "ffn_down", false),
      ("[[:UPPER:]]", "A", true), (#"^\cA$"#, "A", true), ("^ffn(?=^_)", "ffn_up", true),
      ("fn(?=^_)", "ffn_up", false), (#"^ffn(?=\B)"#, "ffn_up", false),
      (#"fn(?=\B)"#, "ffn_up", true), ("}]", "}]", true), ("a{2}{2}$", "aaaa", true),
      ("ä", "lärm", true),
    ])
  func grammar(pattern: String, name: String, isFound: Bool) throws {
    #expect(try TensorPattern(pattern).matches(name) == isFound)
  }

  @Test(
    "is refused where it is not well-formed, with an error that names it",
    arguments: [
      ("", .empty), ("(a", .unbalanced("(")), ("a)", .unbalanced(")")), ("[a", .unbalanced("[")),
      ("*a", .nothingToRepeat), ("a|+", .nothingToRepeat), ("^*", .nothingToRepeat),
      ("a{", .badCount), ("a{2,1}", .badCount), ("a{x}", .badCount), ("a{1,2", .badCount),
      ("[z-a]", .badBrackets), ("[[:no:]]", .badBrackets), ("[[.a.]]", .badBrackets),
      (#"[\w-z]"#, .badBrackets), ("[a-[:digit:]]", .badBrackets),
      (#"\x4"#, .badEscape), (#"\xgg"#, .badEscape), (#"\u00e9"#, .badEscape),
      (#"(a)\1"#, .backReference), (#"a\"#, .dangling), ("a{1001}", .tooComplex),
      ("((a{100}){100}){100}", .tooComplex), ("((){1000}){1000}", .tooComplex),
      ("(?=a(?=b))", .tooComplex), (String(repeating: "(", count: 99), .tooComplex),
    ] as [(String, TensorPatternError.Fault)])
  func refusals(pattern: String, fault: TensorPatternError.Fault) {
    let error = #expect(throws: TensorPatternError.self) { try TensorPattern(pattern) }
    #expect(error?.fault == fault)
    #expect(error?.pattern == pattern)
    #expect(error?.description.contains(pattern) == true)
  }

  @Test("is refused where it is longer than 1,000 bytes")
  func tooLong() throws {
    _ = try TensorPattern(String(repeating: "a", count: 1_000))
    let error = #expect(throws: TensorPatternError.self) {
      try TensorPattern(String(repeating: "a", count: 1_001))
    }
    #expect(error?.fault == .tooLong)
  }

  @Test(
    "that makes matchers go back and forth for ever is done at once",
    arguments: [
      "(a+)+$", "(a|aa)+$", "(a*)*c$", "^(a?){60}a{60}$", "(?=(a|aa)+$)b", "(.*)(.*)(.*)(.*)(.*)!$",
    ])
  func isBounded(pattern: String) throws {
    let name = String(repeating: "a", count: 63)
    #expect(try !TensorPattern(pattern).matches(name + "b"))
  }
}
