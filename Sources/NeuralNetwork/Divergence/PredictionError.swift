package import GGUF

/// A file of predictions of another model or text than was asked for. Hours of work may be in it.
package struct OtherPredictions: ClassifiedError, Equatable {
  package let path: String
  package let difference: Difference

  /// In what the predictions differ.
  package enum Difference: Sendable, Equatable {
    case model
    /// The tokens of its chunks.
    case context(UInt64)
    /// The first chunk that is another, counted from 1.
    case text(chunk: Int)
  }

  init(path: String, _ difference: Difference) {
    self.path = path
    self.difference = difference
  }

  package var kind: ErrorKind { .conflict }

  package var description: String {
    "\(path.escaped) keeps predictions of another \(difference); give the same one, or another file"
  }
}

extension OtherPredictions.Difference: CustomStringConvertible {
  package var description: String {
    switch self {
    case .model: "model than the base"
    case .context(let tokens): "context, of \(tokens) tokens"
    case .text(let chunk): "text, in its chunk \(chunk)"
    }
  }
}

/// A file of predictions whose header is damaged.
package struct UnusablePredictions: ClassifiedError {
  package let path: String
  package var kind: ErrorKind { .badInput }

  package var description: String {
    "\(path.escaped): the header of these predictions is damaged; delete the file, and the base is run again"
  }
}
