package import GGUF

/// A chat template that cannot be read, or that cannot be rendered with what it was given.
package struct ChatTemplateError: ClassifiedError, Equatable {
  /// The line of the template, from 1 on.
  package let line: Int
  /// What is wrong there.
  package let problem: TemplateProblem

  package var kind: ErrorKind { .badInput }

  package var description: String { "line \(line) of the chat template: \(problem)" }
}

/// What can be wrong with a line of a chat template.
package enum TemplateProblem: ClassifiedError, Equatable {
  /// The text is no template.
  case syntax(String)
  /// Jinja has it, and Ration does not.
  case unsupported(String)
  /// An operation does not suit its values.
  case evaluation(String)
  /// The template itself refuses the conversation, with this message.
  case raised(String)
  /// Expressions, statements or values stand too deep within one another.
  case tooDeep
  /// Rendering takes more work, or makes more text, than any conversation needs.
  case tooMuchWork
}

extension TemplateProblem {
  package var kind: ErrorKind { .badInput }

  package var description: String {
    switch self {
    case .syntax(let text), .evaluation(let text): text
    case .unsupported(let text): "\(text) is not supported"
    case .raised(let message): "the template refuses the conversation: \(message.escaped)"
    case .tooDeep: "too many levels stand within one another"
    case .tooMuchWork: "rendering takes more work than any conversation needs"
    }
  }
}

/// The problem of a body as an error of a line.
func at<Result>(
  _ line: Int, _ body: () throws(TemplateProblem) -> Result
) throws(ChatTemplateError) -> Result {
  do { return try body() } catch { throw ChatTemplateError(line: line, problem: error) }
}
