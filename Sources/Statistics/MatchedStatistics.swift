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
  private let levelsByKind: [TensorKind: Double]
  private let levelOfAll: Double

  /// Matches a file with the tensors of a model, one tensor's vectors in memory at a time.
  ///
  /// - Throws: `StatisticsError` where an entry is of another shape than the tensor of its name, or
  ///   `FileError`.
  package init(_ file: StatisticsFile, with model: ModelFile) throws {
    var coverage = Coverage()
    var knowledge: [String: Knowledge] = [:]
    var levels: [(kind: TensorKind, mean: Double)] = []
    var used: Set<String> = []
    for tensor in model.tensors {
      used.insert(tensor.name)
      let entry = try file.entry(tensor.name, for: tensor)
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
      let gaps = statistics?.uninformedColumns ?? 0
      if gaps * 10 >= tensor.columns * tensor.slices, gaps > 0 {
        coverage.sparseTensors.append(tensor.name)
      }
      if let importance = statistics?.importance {
        levels.append((TensorKind(of: tensor.name), Self.mean(importance)))
      }
      if let slices = statistics?.uninformedSlices, !slices.isEmpty {
        coverage.partialTensors.append(Coverage.Partial(name: tensor.name, slices: slices))
      }
    }
    coverage.unusedEntries = file.names.filter { !used.contains($0) }
    self.file = file
    self.coverage = coverage
    self.knowledge = knowledge
    levelOfAll = Self.mean(levels.map { Float($0.mean) })
    levelsByKind = Dictionary(grouping: levels, by: \.kind).mapValues {
      Self.mean($0.map { Float($0.mean) })
    }
  }

  /// What a column of a tensor counts where its importance is not known: the mean importance of tensors of the
  /// same name in other blocks, else of all; 1 where none is known.
  package func typicalImportance(of tensor: TensorDescriptor) -> Float {
    Float(levelsByKind[TensorKind(of: tensor.name)] ?? levelOfAll)
  }

  private static func mean(_ values: [Float]) -> Double {
    values.isEmpty ? 1 : values.reduce(0) { $0 + Double($1) } / Double(values.count)
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

/// What tensors of different blocks have in common: a name but for its numbers.
private struct TensorKind: Hashable, Sendable {
  private let components: [Substring]

  init(of name: String) {
    components = name.split(separator: ".").filter { Int($0) == nil }
  }
}
