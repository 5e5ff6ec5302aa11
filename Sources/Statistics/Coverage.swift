import GGUF

/// How well a statistics file matches a model: what a plan should tell its user before relying on
/// it.
package struct Coverage: Sendable, Equatable {
  /// Entries of the file that no tensor of the model uses.
  package internal(set) var unusedEntries: [String] = []
  /// Weights of the model, matrices whose name ends in `weight`, without importance.
  package internal(set) var unmeasuredTensors: [String] = []
  /// Weights whose importance or row sensitivity is in the file but zero throughout or without
  /// tokens, and is taken as absent.
  package internal(set) var emptyTensors: [String] = []
  /// Weights of which a tenth of the columns or more have no importance.
  package internal(set) var sparseTensors: [String] = []
  /// Weights with experts of which nothing is known.
  package internal(set) var partialTensors: [Partial] = []

  /// Whether every weight of the model was measured and nothing of the file is left over.
  package var isComplete: Bool { self == Coverage() }

  /// A weight that was measured in part.
  package struct Partial: Sendable, Equatable {
    /// The weight.
    package let name: String
    /// The slices of it of which nothing is known.
    package let slices: [Int]
  }
}
