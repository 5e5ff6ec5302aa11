package import GGUF

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
  /// Weights with experts of which nothing is known.
  package internal(set) var partialTensors: [Partial] = []

  /// Whether every weight of the model was measured and nothing of the file is left over.
  package var isComplete: Bool { self == Coverage() }

  /// A weight that was measured in part.
  package struct Partial: Sendable, Equatable {
    /// The weight.
    package let name: String
    /// Its slices of which nothing is known.
    package let slices: [Int]
  }
}

extension StatisticsFile {
  /// Holds the statistics against a model.
  ///
  /// - Throws: If an entry is of another shape than the tensor of its name.
  package func check(against model: ModelFile) throws(StatisticsError) -> Coverage {
    var coverage = Coverage()
    var used: Set<String> = []
    for tensor in model.tensors {
      used.insert(tensor.name)
      let statistics = try of(tensor)
      let entry = entries[tensor.name]
      if statistics?.importance == nil, tensor.shape.count > 1, tensor.name.hasSuffix("weight") {
        coverage.unmeasuredTensors.append(tensor.name)
      }
      if entry?.importance == nil, statistics?.importance != nil {
        used.formUnion(Self.substitutes(for: tensor.name))
      }
      if let entry, let statistics, entry.isEmptied(in: statistics) {
        coverage.emptyTensors.append(tensor.name)
      }
      if let slices = statistics?.uninformedSlices, !slices.isEmpty {
        coverage.partialTensors.append(Coverage.Partial(name: tensor.name, slices: slices))
      }
    }
    coverage.unusedEntries = names.filter { !used.contains($0) }
    return coverage
  }
}

extension TensorStatistics {
  /// Whether the file has a vector that was then taken as absent.
  fileprivate func isEmptied(in fitted: TensorStatistics) -> Bool {
    importance != nil && fitted.importance == nil
      || rowSensitivity != nil && fitted.rowSensitivity == nil
      || tokens?.allSatisfy { $0 == 0 } == true
  }
}
