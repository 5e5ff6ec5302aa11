import ChatTemplates
import GGUF
import Testing

@Suite struct RecordedCaseTests {
  @Test(arguments: RecordedCases.all.cases)
  func rendersAsJinjaDoes(_ recorded: RecordedCase) throws {
    let variables = RecordedCases.all.variables
    let time = try RecordedCases.time
    let render = {
      try ChatTemplate(recorded.template).render(variables: variables, at: time)
    }
    if let expected = recorded.expected {
      let text = try render()
      #expect(text.isExactly(expected), "\(text.debugDescription) for \(expected.debugDescription)")
    } else {
      #expect(throws: ChatTemplateError.self) { try render() }
    }
  }
}
