package import GGUF

/// What people and a model said to one another, as a line of a file gives it.
package struct Conversation: Sendable, Equatable {
  /// The messages in order. Each is an object with a role.
  package let messages: [JSONValue]
  /// The tools that the model may call; nil where the line names none.
  package let tools: [JSONValue]?

  /// Reads a line of JSON: an object with `messages` and perhaps `tools`, messages alone, or an
  /// object with `conversations` in the form of ShareGPT.
  ///
  /// - Parameters:
  ///   - text: the line, without its end.
  ///   - line: its number in the file, for errors.
  /// - Throws: what is no conversation.
  package init(_ text: String, line: Int) throws(ConversationError) {
    let value: JSONValue
    do { value = try JSONReader.value(of: text) } catch {
      throw ConversationError(line: line, problem: .json(offset: error.offset, text: error.text))
    }
    do { (messages, tools) = try Self.parts(of: value) } catch {
      throw ConversationError(line: line, problem: error)
    }
  }

  /// The conversations of a file, one in each line that is not blank.
  ///
  /// - Throws: what is no conversation.
  package static func conversations(
    of text: String
  ) throws(ConversationError) -> [Conversation] {
    var conversations: [Conversation] = []
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let isBlank = line.allSatisfy { [0x20, 0x09, 0x0D].contains($0) }
      if isBlank { continue }
      conversations.append(try Conversation(String(Substring(line)), line: index + 1))
    }
    return conversations
  }
}
