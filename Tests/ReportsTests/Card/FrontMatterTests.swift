import Reports
import Testing

@Suite("Front matter") struct FrontMatterTests {
  private func yaml(_ value: String) -> String {
    var front = FrontMatter()
    front.add("key", value)
    return front.yaml
  }

  @Test("leaves what every reader takes for text as it is", arguments: ["apache-2.0", "a/b_C.d"])
  func plain(value: String) { #expect(yaml(value) == "---\nkey: \(value)\n---\n") }

  @Test(
    "puts what a reader could take for something else in quotes",
    arguments: [
      ("no", "no"), ("True", "True"), ("1.0", "1.0"), ("", ""), ("a: b", "a: b"), ("- a", "- a"),
      ("a #b", "a #b"), ("*a", "*a"), ("!!int", "!!int"), ("---", "---"), ("~", "~"),
      ("\"a\"\\", "\\\"a\\\"\\\\"), ("a\n---\nb", "a\\n---\\nb"), ("a\u{1B}b", "a\\u001bb"),
      ("a\u{2028}b", "a\\u2028b"), ("\u{E0001}", "\\U000e0001"), ("é", "é"),
    ])
  func quoted(value: String, text: String) {
    #expect(yaml(value) == "---\nkey: \"\(text)\"\n---\n")
  }

  @Test("has lists without repetitions, and nothing where there is nothing") func lists() {
    var front = FrontMatter()
    front.add("tags", ["b", "a", "b", "on"])
    front.add("none", [])
    front.add("nothing", nil)
    #expect(front.yaml == "---\ntags:\n- b\n- a\n- \"on\"\n---\n")
  }
}
