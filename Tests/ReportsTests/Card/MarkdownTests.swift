import Reports
import Testing

@Suite("Markdown") struct MarkdownTests {
  @Test(
    "of a value is text, whatever stands in it",
    arguments: [
      ("IQ4_KSS", "IQ4_KSS"), ("_a_ *b*", "\\_a\\_ \\*b\\*"), ("a|b", "a&#124;b"),
      ("</details>", "&lt;/details&gt;"), ("[a](b)", "\\[a\\](b)"), ("`a`", "\\`a\\`"),
      ("a\n# b", "a\\\\u{a}\\# b"), ("a & b", "a &amp; b"), ("$x$ ~y~", "\\$x\\$ \\~y\\~"),
    ])
  func text(value: String, markdown: String) {
    #expect(Markdown.text(value) == markdown)
  }

  @Test(
    "of a value as code is between backticks of which it has fewer",
    arguments: [
      ("a.gguf", "`a.gguf`"), ("a`b", "``a`b``"), ("a```b``", "```` a```b`` ````"),
      ("`", "`` ` ``"), (" a ", "`  a  `"), ("</code>", "`</code>`"),
      ("a\n```\nb", "````a\\u{a}```\\u{a}b````"),
      ("a|b\\|`c", "<code>a&#124;b&#92;&#124;&#96;c</code>"),
      ("|</code>", "<code>&#124;&#60;&#47;code&#62;</code>"),
    ])
  func code(value: String, markdown: String) {
    #expect(Markdown.code(value) == markdown)
  }

  @Test("of a path ends no link") func target() {
    #expect(Markdown.target("img/a (1) é.svg") == "img/a%20%281%29%20%C3%A9.svg")
    #expect(Markdown.target("../a_b-c.svg") == "../a_b-c.svg")
  }
}
