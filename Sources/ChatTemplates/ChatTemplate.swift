package import GGUF

/// A chat template in the part of Jinja that models' templates use. It runs as in transformers'
/// `apply_chat_template`.
package struct ChatTemplate: Sendable {
  private let statements: [Statement]

  /// Reads a template.
  ///
  /// - Throws: a text that is no template, or a block that Ration lacks.
  package init(_ source: String) throws(ChatTemplateError) {
    statements = try Parser.statements(of: source)
  }

  /// The text of a conversation as the model is to read it.
  ///
  /// - Parameters:
  ///   - conversation: the messages and tools.
  ///   - addsGenerationPrompt: whether the begin of an answer follows.
  ///   - variables: what the template may use besides, such as `bos_token`. They go before what the
  ///     conversation gives.
  ///   - time: what the template takes for now.
  /// - Throws: a template that refuses the conversation or cannot be rendered with it.
  package func render(
    _ conversation: Conversation, addsGenerationPrompt: Bool = false,
    variables: OrderedObject<JSONValue> = OrderedObject(), at time: CalendarTime
  ) throws(ChatTemplateError) -> String {
    var all = OrderedObject<JSONValue>([
      ("messages", .array(conversation.messages)),
      ("tools", conversation.tools.map { .array($0) } ?? .null),
      ("documents", .null),
      ("add_generation_prompt", .bool(addsGenerationPrompt)),
    ])
    for variable in variables.members { all[variable.key] = variable.value }
    return try render(variables: all, at: time)
  }

  /// The text that the template makes of variables alone, within a budget of work.
  ///
  /// - Throws: a template that cannot be rendered with them.
  package func render(
    variables: OrderedObject<JSONValue>, at time: CalendarTime, budget: Budget = Budget()
  ) throws(ChatTemplateError) -> String {
    try Renderer.text(of: statements, variables: variables, time: time, budget)
  }
}
