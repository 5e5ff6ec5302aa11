package import GGUF

/// Statistics held against a model: what they know of each of its tensors, decided once. The vectors
/// themselves are read when a tensor is worked on.
package struct MatchedStatistics: Sendable {
  /// What is known of one tensor.
  package struct Knowledge: Sendable, Equatable {
    /// Whether its column importance is known, its own or that of a weight which meets the same
    /// activations.
    package let importance: Bool
    /// Whether its row sensitivity is known.
    package let rowSensitivity: Bool
    /// Whether, of an embedding table, the share of tokens and the sensitivity of its output are known.
    package let lookup: Bool

    /// Nothing is known.
    package static let nothing = Knowledge(nil)

    /// What statistics in a tensor's shape know of it.
    package init(_ statistics: TensorStatistics?) {
      importance = statistics?.importance != nil
      rowSensitivity = statistics?.rowSensitivity != nil
      lookup = statistics?.lookupShare != nil && statistics?.lookupSensitivity != nil
    }
  }

  /// The file.
  package let file: StatisticsFile
  /// How well the file matches the model.
  package let coverage: Coverage
  private let knowledge: [String: Knowledge]

  /// Matches a file with the tensors of a model, one tensor's vectors in memory at a time.
  ///
  /// - Throws: `StatisticsError` where an entry is of another shape than the tensor of its name, or
  ///   `FileError`.
  package init(_ file: StatisticsFile, with model: ModelFile) throws {
    var coverage = Coverage()
    var knowledge: [String: Knowledge] = [:]
    var used: Set<String> = []
    for tensor in model.tensors {
      used.insert(tensor.name)
      let entry = try file.entry(tensor.name)
      let statistics = try file.of(tensor, entry: entry)
      knowledge[tensor.name] = Knowledge(statistics)
      if statistics?.importance == nil, tensor.shape.count > 1, tensor.name.hasSuffix("weight") {
        coverage.unmeasuredTensors.append(tensor.name)
      }
      if entry?.importance == nil, statistics?.importance != nil {
        used.formUnion(StatisticsFile.substitutes(for: tensor.name))
      }
      if let entry, let statistics, entry.isEmptied(in: statistics) {
        coverage.emptyTensors.append(tensor.name)
      }
      if let slices = statistics?.uninformedSlices, !slices.isEmpty {
        coverage.partialTensors.append(Coverage.Partial(name: tensor.name, slices: slices))
      }
    }
    coverage.unusedEntries = file.names.filter { !used.contains($0) }
    self.file = file
    self.coverage = coverage
    self.knowledge = knowledge
  }

  /// What is known of a tensor of the model, without its vectors.
  package func knowledge(of tensor: TensorDescriptor) -> Knowledge {
    knowledge[tensor.name] ?? .nothing
  }

  /// Reads what is known of a tensor of the model; nil where nothing is.
  ///
  /// - Throws: `StatisticsError` or `FileError`.
  package func statistics(of tensor: TensorDescriptor) throws -> TensorStatistics? {
    try file.of(tensor)
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
