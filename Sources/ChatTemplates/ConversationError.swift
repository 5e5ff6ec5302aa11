package import GGUF

/// A line that is to be a conversation and is none.
package struct ConversationError: ClassifiedError, Equatable {
  /// The line of the file, from 1 on.
  package let line: Int
  /// What is wrong there.
  package let problem: Problem

  /// What a line can be instead of a conversation.
  package enum Problem: ClassifiedError, Equatable {
    /// No JSON, after so many bytes.
    case json(offset: Int, text: String)
    /// A value that is neither messages nor an object with them.
    case notConversation
    /// An object that has more than a conversation has.
    case member(String)
    /// Both `messages` and `conversations`.
    case twice
    /// No message at all.
    case empty
    /// The tools are not in an array.
    case tools
    /// A message, counted from 1 on, and what is wrong with it.
    case message(Int, String)
  }

  package var kind: ErrorKind { .badInput }

  package var description: String { "line \(line): \(problem)" }
}

extension ConversationError.Problem {
  package var kind: ErrorKind { .badInput }

  package var description: String {
    switch self {
    case .json(let offset, let text): "it is no JSON: \(text) (at byte \(offset))"
    case .notConversation:
      "a conversation is an array of messages, or an object with \"messages\" or \"conversations\""
    case .member(let name): "a conversation has no member \(name.quoted)"
    case .twice: "it has both \"messages\" and \"conversations\""
    case .empty: "it has no messages"
    case .tools: "its \"tools\" are no array"
    case .message(let number, let text): "message \(number) \(text)"
    }
  }
}
