import ChatTemplates
import GGUF
import Testing

@Suite struct ConversationTests {
  private func message(_ role: String, _ content: String) -> JSONValue {
    .object(OrderedObject([("role", .string(role)), ("content", .string(content))]))
  }

  @Test func messagesAndToolsAreRead() throws {
    let conversation = try Conversation(
      #"{"id": 7, "tools": [{"a": 1}], "messages": [{"role": "user", "content": "h\u00e9\ud83d\ude00\n"}]}"#,
      line: 1)
    #expect(conversation.messages == [message("user", "hé😀\n")])
    #expect(conversation.tools == [.object(OrderedObject([("a", .int(1))]))])
  }

  @Test func anArrayIsMessagesAlone() throws {
    let conversation = try Conversation(#"[{"role":"user","content":"x"}]"#, line: 1)
    #expect(conversation.messages == [message("user", "x")])
    #expect(conversation.tools == nil)
  }

  @Test func sharedConversationsGetTheRolesOfTemplates() throws {
    let text = """
      {"conversations": [{"from": "system", "value": "s"}, {"from": "human", "value": "q"}, \
      {"from": "gpt", "value": "a"}]}
      """
    let conversation = try Conversation(text, line: 1)
    #expect(
      conversation.messages == [
        message("system", "s"), message("user", "q"), message("assistant", "a"),
      ])
  }

  @Test func linesWithoutTextAreNone() throws {
    let text = "[{\"role\":\"user\"}]\r\n\n  \n[{\"role\":\"tool\",\"content\":[]}]"
    #expect(try Conversation.conversations(of: text).count == 2)
  }

  @Test(arguments: [
    ("", "it is no JSON: a value is missing (at byte 0)"),
    ("[", "it is no JSON: a value is missing (at byte 1)"),
    ("[1,]", "it is no JSON: a value is missing (at byte 3)"),
    ("[1] x", "it is no JSON: something follows the value (at byte 4)"),
    ("{\"a\":1,\"a\":2}", "it is no JSON: a second member is named ‘a’ (at byte 10)"),
    ("{a:1}", "it is no JSON: the name of a member is missing (at byte 1)"),
    ("[01]", "it is no JSON: an array does not end (at byte 2)"),
    ("[1.]", "it is no JSON: a digit is missing (at byte 3)"),
    ("[1e999]", "it is no JSON: a number is too large (at byte 6)"),
    ("[9223372036854775808]", "it is no JSON: a number is too large (at byte 20)"),
    ("\"\\ud800\"", "it is no JSON: half a character is escaped (at byte 7)"),
    ("\"\\ud800\\u0041\"", "it is no JSON: half a character is escaped (at byte 13)"),
    ("\"\\u12\"", "it is no JSON: an escape lacks its four digits (at byte 3)"),
    ("\"\\x\"", "it is no JSON: an escape is not known (at byte 3)"),
    ("\"\t\"", "it is no JSON: a control character stands in a string (at byte 2)"),
    ("\"a", "it is no JSON: a string does not end (at byte 2)"),
    (
      "5",
      "a conversation is an array of messages, or an object with \"messages\" or \"conversations\""
    ),
    (
      "{\"messages\": 1}",
      "a conversation is an array of messages, or an object with \"messages\" or \"conversations\""
    ),
    ("{\"prompt\": \"x\"}", "a conversation has no member \"prompt\""),
    (
      "{\"messages\": [], \"conversations\": []}",
      "it has both \"messages\" and \"conversations\""
    ),
    ("[]", "it has no messages"),
    ("{\"messages\": [{\"role\": \"user\"}], \"tools\": \"x\"}", "its \"tools\" are no array"),
    ("[1]", "message 1 is no object"),
    ("[{\"role\": \"user\"}, {\"content\": \"x\"}]", "message 2 has no \"role\" that is a string"),
    (
      "[{\"role\": \"user\", \"content\": 5}]",
      "message 1 has a \"content\" that is neither a string nor an array"
    ),
    (
      "{\"conversations\": [{\"from\": \"bot\", \"value\": \"x\"}]}",
      "message 1 is from \"bot\", which is none of \"human\", \"gpt\" and \"system\""
    ),
    (
      "{\"conversations\": [{\"from\": \"gpt\", \"value\": \"x\", \"weight\": 0}]}",
      "message 1 has a member \"weight\", which is neither \"from\" nor \"value\""
    ),
    ("{\"conversations\": [{\"from\": \"gpt\"}]}", "message 1 has no \"value\" that is a string"),
  ])
  func whatIsNoConversationIsRefused(_ text: String, _ expected: String) {
    let error = #expect(throws: ConversationError.self) { try Conversation(text, line: 3) }
    #expect(error?.kind == .badInput)
    #expect(error?.description == "line 3: \(expected)")
  }

  @Test func levelsWithoutEndAreRefused() {
    let text = String(repeating: "[", count: 100_000)
    #expect(throws: ConversationError.self) { try Conversation(text, line: 1) }
  }

  @Test func truncationsNeverTrap() throws {
    let text = #"{"messages": [{"role": "user", "content": "h\u00e9\ud83d\ude00"}, -1.5e+3, null]}"#
    for length in 0..<text.utf8.count {
      let part = String(decoding: text.utf8.prefix(length), as: UTF8.self)
      #expect(throws: ConversationError.self) { try Conversation(part, line: 1) }
    }
  }

  @Test func templatesGetMessagesToolsAndVariables() throws {
    let template = try ChatTemplate(
      "{{ bos_token }}{% for m in messages %}{{ m.role }}:{{ m.content }};{% endfor %}"
        + "{{ tools is none }}{% if add_generation_prompt %}>{% endif %}")
    let conversation = try Conversation(#"[{"role":"user","content":"x"}]"#, line: 1)
    let text = try template.render(
      conversation, addsGenerationPrompt: true,
      variables: OrderedObject([("bos_token", "<s>")]), at: RecordedCases.time)
    #expect(text == "<s>user:x;True>")
  }
}
