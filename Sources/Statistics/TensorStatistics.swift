import GGUF

/// What calibration measured of one weight: second moments over the calibration tokens.
///
/// Vectors that belong to slices (experts) hold slice after slice. A vector that was not measured is
/// nil.
package struct TensorStatistics: Sendable, Equatable {
  /// Column importance h: the mean of the squared activation E[x²] that meets each column,
  /// `columns × slices`.
  package internal(set) var importance: [Float]?
  /// Weighted importance: the mean of x² over tokens that count by the energy s of their gradient at the weight's own
  /// outputs, E[s x²] ÷ E[s], `columns × slices`. Other files than ours do not have it.
  package internal(set) var weightedImportance: [Float]?
  /// Row sensitivity g: the mean of the squared gradient E[δ²] at each row's output,
  /// `rowsPerSlice × slices`.
  package internal(set) var rowSensitivity: [Float]?
  /// Calibration tokens that reached each slice. Legacy imatrix files do not tell.
  package internal(set) var tokens: [Double]?
  /// Slices of which importance or row sensitivity is not known, because no token reached them or because
  /// all that was measured there is zero. The mean of the others stands in: see `fitted`.
  package internal(set) var uninformedSlices: [Int]
  /// Columns, over all other slices, of whose importance nothing is known. The mean of their slice stands in.
  package internal(set) var uninformedColumns = 0

  /// The share of calibration tokens that equal each row's token, of an embedding table, `rows`.
  package internal(set) var lookupShare: [Float]?
  /// The mean of the squared gradient at the output of an embedding table, `columns`.
  package internal(set) var lookupSensitivity: [Float]?

  /// Statistics made of these vectors, each as its property describes.
  package init(
    importance: [Float]? = nil, weightedImportance: [Float]? = nil,
    rowSensitivity: [Float]? = nil, tokens: [Double]? = nil,
    uninformedSlices: [Int] = [], lookupShare: [Float]? = nil, lookupSensitivity: [Float]? = nil
  ) {
    self.importance = importance
    self.weightedImportance = weightedImportance
    self.rowSensitivity = rowSensitivity
    self.tokens = tokens
    self.uninformedSlices = uninformedSlices
    self.lookupShare = lookupShare
    self.lookupSensitivity = lookupSensitivity
  }
}

extension TensorStatistics {
  /// These statistics in the shape of a tensor, as everything but the readers relies on them to be.
  ///
  /// What was not measured is unknown, which zero does not say. So the gaps are filled with what is known of
  /// their like: those of a slice with the mean of the slice, a slice without anything with the mean of the
  /// other slices, as is the count of a slice that no token reached. A single token count is repeated for every
  /// slice. A vector that says nothing of any slice becomes nil.
  ///
  /// - Throws: If a vector is of another length than the tensor's.
  func fitted(to tensor: TensorDescriptor) throws(StatisticsError.Problem) -> TensorStatistics {
    let lengths: [(TensorSums.Quantity, Int?)] = [
      (.importance, importance?.count), (.rowSensitivity, rowSensitivity?.count),
      (.weightedImportance, weightedImportance?.count),
      (.lookupCounts, lookupShare?.count), (.lookupSensitivity, lookupSensitivity?.count),
      (.counts, tokens?.count == 1 ? nil : tokens?.count),
    ]
    for case (let quantity, let found?) in lengths where found != quantity.count(for: tensor) {
      throw .otherShape(
        entry: tensor.name, quantity.words, found: found, expected: quantity.count(for: tensor))
    }

    var fitted = self
    if tokens?.count == 1 {
      fitted.tokens = tokens.map { Array(repeating: $0[0], count: tensor.slices) }
    }
    let columns = importance.map { KnownMeans(completing: $0, slices: tensor.slices) }
    let rows = rowSensitivity.map { KnownMeans(completing: $0, slices: tensor.slices) }
    fitted.importance = columns?.values
    fitted.weightedImportance =
      weightedImportance.flatMap { KnownMeans(completing: $0, slices: tensor.slices).values }
    fitted.rowSensitivity = rows?.values
    fitted.lookupSensitivity =
      lookupSensitivity.flatMap { KnownMeans(completing: $0, slices: 1).values }
    if fitted.importance != nil {
      fitted.uninformedColumns = columns?.filledPlaces ?? 0
      fitted.uninformedSlices =
        Set(uninformedSlices).union(columns?.filledSlices ?? [])
        .union(rows?.values == nil ? [] : rows?.filledSlices ?? []).sorted()
    } else {
      fitted.uninformedSlices = []
    }
    fitted.tokens = fitted.tokens.map(Self.completed(tokens:))
    return fitted
  }

  /// Counts with the mean of the others in place of zeros: that no token of a text reached a slice does not
  /// say that none ever does.
  private static func completed(tokens: [Double]) -> [Double] {
    let reached = tokens.filter { $0 > 0 }
    guard !reached.isEmpty, reached.count < tokens.count else { return tokens }
    let mean = reached.reduce(0, +) / Double(reached.count)
    return tokens.map { $0 > 0 ? $0 : mean }
  }
}
