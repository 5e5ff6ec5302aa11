import ChatTemplates
import GGUF
import Testing

@Suite struct ChatTemplateErrorTests {
  private func description(_ template: String) throws -> String {
    let time = try RecordedCases.time
    let error = #expect(throws: ChatTemplateError.self) {
      try ChatTemplate(template).render(variables: RecordedCases.all.variables, at: time)
    }
    #expect(error?.kind == .badInput)
    return try #require(error).description
  }

  @Test(arguments: [
    (
      "a\n\n{{ missing.x }}",
      "line 3 of the chat template: \"missing\" is not defined, so it has no \"x\""
    ),
    ("\n{% include 'a' %}", "line 2 of the chat template: a block \"include\" is not supported"),
    ("{{ 1 |\n nosuch }}", "line 2 of the chat template: the filter \"nosuch\" is not supported"),
    ("{{ 1 is nosuch }}", "line 1 of the chat template: the test \"nosuch\" is not supported"),
    (
      "{{ 'a'.format(1) }}",
      "line 1 of the chat template: the method \"format\" of a string is not supported"
    ),
    (
      "{{ raise_exception('no\u{7}') }}",
      "line 1 of the chat template: the template refuses the conversation: no\\u{7}"
    ),
    ("{% if 1 %}\n", "line 1 of the chat template: a block \"if\" does not end"),
    ("{{ 1 + }}", "line 1 of the chat template: a value is expected, not }}"),
    (
      "{% macro f() %}\n{{ 1 / 0 }}{% endmacro %}\n{{ f() }}",
      "line 2 of the chat template: a number is divided by zero"
    ),
    ("{{ 1 ! 2 }}", "line 1 of the chat template: \"!\" has no meaning here"),
    ("\n{{ 'a", "line 2 of the chat template: a string does not end"),
    (
      "{% for x in y recursive %}{% endfor %}",
      "line 1 of the chat template: a recursive loop is not supported"
    ),
    (
      "{{ strftime_now('%Q') }}",
      "line 1 of the chat template: the date format \"%Q\" is not supported"
    ),
  ])
  func saysWhereAndWhat(_ template: String, _ expected: String) throws {
    #expect(try description(template) == expected)
  }

  @Test func whatIsNotReachedMayBeUnknown() throws {
    let template = try ChatTemplate("{% if tools %}{{ tools | nosuch }}{% endif %}ok")
    let text = try template.render(variables: RecordedCases.all.variables, at: RecordedCases.time)
    #expect(text == "ok")
  }
}
