import GGUF

/// The forms in which a line may give a conversation.
extension Conversation {
  /// The messages and tools of a line.
  static func parts(
    of value: JSONValue
  ) throws(ConversationError.Problem) -> (messages: [JSONValue], tools: [JSONValue]?) {
    switch value {
    case .array(let messages): return (try checked(messages, by: message), nil)
    case .object(let object):
      for member in object.members where !knownMembers.contains(member.key) {
        throw .member(member.key)
      }
      return (try messages(of: object), try tools(of: object))
    default: throw .notConversation
    }
  }

  /// What an object may have. An `id` only says which conversation it is.
  private static let knownMembers: Set<String> = ["id", "messages", "conversations", "tools"]

  private static func messages(
    of object: OrderedObject<JSONValue>
  ) throws(ConversationError.Problem) -> [JSONValue] {
    switch (object["messages"], object["conversations"]) {
    case (.array(let messages)?, nil): return try checked(messages, by: message)
    case (nil, .array(let messages)?): return try checked(messages, by: sharedMessage)
    case (_?, _?): throw .twice
    default: throw .notConversation
    }
  }

  private static func tools(
    of object: OrderedObject<JSONValue>
  ) throws(ConversationError.Problem) -> [JSONValue]? {
    switch object["tools"] {
    case nil, .null?: return nil
    case .array(let tools)?: return tools
    default: throw .tools
    }
  }

  private static func checked(
    _ values: [JSONValue],
    by message: (OrderedObject<JSONValue>) throws(Flaw) -> JSONValue
  ) throws(ConversationError.Problem) -> [JSONValue] {
    guard !values.isEmpty else { throw .empty }
    var messages: [JSONValue] = []
    for (index, value) in values.enumerated() {
      guard case .object(let object) = value else { throw .message(index + 1, "is no object") }
      do { messages.append(try message(object)) } catch {
        throw .message(index + 1, error.text)
      }
    }
    return messages
  }

  /// A message as templates read it.
  private static func message(
    _ object: OrderedObject<JSONValue>
  ) throws(Flaw) -> JSONValue {
    guard case .string? = object["role"] else { throw Flaw("has no \"role\" that is a string") }
    switch object["content"] {
    case nil, .null?, .string?, .array?: return .object(object)
    default: throw Flaw("has a \"content\" that is neither a string nor an array")
    }
  }

  /// The roles by their names in ShareGPT.
  private static let sharedRoles = ["human": "user", "gpt": "assistant", "system": "system"]

  /// A message in the form of ShareGPT.
  private static func sharedMessage(
    _ object: OrderedObject<JSONValue>
  ) throws(Flaw) -> JSONValue {
    for member in object.members where member.key != "from" && member.key != "value" {
      throw Flaw("has a member \(member.key.quoted), which is neither \"from\" nor \"value\"")
    }
    guard case .string(let sender)? = object["from"] else {
      throw Flaw("has no \"from\" that is a string")
    }
    guard let role = sharedRoles[sender] else {
      throw Flaw("is from \(sender.quoted), which is none of \"human\", \"gpt\" and \"system\"")
    }
    guard case .string(let text)? = object["value"] else {
      throw Flaw("has no \"value\" that is a string")
    }
    return .object(OrderedObject([("role", .string(role)), ("content", .string(text))]))
  }
}

/// What is wrong with a message.
private struct Flaw: ClassifiedError {
  let text: String

  var kind: ErrorKind { .badInput }
  var description: String { text }

  init(_ text: String) { self.text = text }
}
