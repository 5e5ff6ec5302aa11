package import ChatTemplates
package import GGUF

extension TextTokens {
  /// Reads files of conversations, renders each by the model's template, and cuts the tokens of all, one after another,
  /// as those of texts are cut. What the template writes of control tokens becomes these tokens.
  ///
  /// - Parameters:
  ///   - template: the model's template.
  ///   - length: the tokens of a sequence, at least 1.
  ///   - time: what templates take for now.
  /// - Throws: `FileError`, `TextError`, `ChatFileError`, or `TextTooShort` where there is no whole sequence.
  package init(
    conversations paths: [String], _ template: ChatTemplate, _ tokenizer: Tokenizer,
    sequence length: Int, at time: CalendarTime
  ) throws {
    var variables = OrderedObject<JSONValue>()
    for (name, token) in [("bos_token", tokenizer.bos), ("eos_token", tokenizer.eos)] {
      variables[name] = .string(token.flatMap(tokenizer.spelling) ?? "")
    }
    let tokens = try paths.flatMap { path in
      let text = String(decoding: try OpenFile(reading: path).textBytes(), as: UTF8.self)
      do {
        return try Conversation.conversations(of: text).flatMap { conversation in
          let rendered = try template.render(conversation, variables: variables, at: time)
          return tokenizer.encode(
            Array(rendered.utf8), addingSpecial: false, parsingSpecial: true)
        }
      } catch let error as any ClassifiedError {
        throw ChatFileError(path: path, kind: error.kind, problem: "\(error)")
      }
    }
    try self.init(
      names: paths.map(\.fileName), tokens: tokens, tokenizer, sequence: length, atMost: nil)
  }
}

/// A file of conversations that cannot be rendered.
package struct ChatFileError: ClassifiedError {
  package let path: String
  package let kind: ErrorKind
  /// What is wrong, and in which line.
  package let problem: String

  package var description: String { "\(path.escaped): \(problem)" }
}

extension ChatTemplate {
  /// The template in a model's `tokenizer.chat_template`, by which transformers and llama.cpp render conversations.
  ///
  /// - Throws: `ChatFileError` where there is none, or where it cannot be read.
  package init(of model: ModelFile) throws(ChatFileError) {
    guard let source = model.metadata["tokenizer.chat_template"]?.string else {
      throw ChatFileError(
        path: model.path, kind: .badInput,
        problem: "it has no chat template (tokenizer.chat_template)")
    }
    do {
      try self.init(source)
    } catch {
      throw ChatFileError(path: model.path, kind: error.kind, problem: "\(error)")
    }
  }
}
