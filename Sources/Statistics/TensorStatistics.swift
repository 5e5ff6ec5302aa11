import GGUF

/// What calibration measured of one weight: second moments over the calibration tokens.
///
/// Vectors that belong to slices (experts) hold slice after slice. A vector that was not measured is
/// nil.
package struct TensorStatistics: Sendable, Equatable {
  /// Column importance h: the mean of the squared activation E[x²] that meets each column,
  /// `columns × slices`.
  package internal(set) var importance: [Float]?
  /// Row sensitivity g: the mean of the squared gradient E[δ²] at each row's output,
  /// `rowsPerSlice × slices`.
  package internal(set) var rowSensitivity: [Float]?
  /// Calibration tokens that reached each slice. Legacy imatrix files do not tell.
  package internal(set) var tokens: [Double]?
  /// Slices of which nothing is known, because no token reached them or because all activations
  /// there were zero. They have 1 in place of what is missing, and the others stand.
  package internal(set) var uninformedSlices: [Int]

  /// The share of calibration tokens that equal each row's token, of an embedding table, `rows`.
  package internal(set) var lookupShare: [Float]?
  /// The mean of the squared gradient at the output of an embedding table, `columns`.
  package internal(set) var lookupSensitivity: [Float]?

  /// Statistics made of these vectors, each as its property describes.
  package init(
    importance: [Float]? = nil, rowSensitivity: [Float]? = nil, tokens: [Double]? = nil,
    uninformedSlices: [Int] = [], lookupShare: [Float]? = nil, lookupSensitivity: [Float]? = nil
  ) {
    self.importance = importance
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
  /// A single token count is repeated for every slice. A slice whose importance is zero throughout,
  /// which would make encoders divide by zero, becomes an uninformed one; a vector that says
  /// nothing of any slice becomes nil.
  ///
  /// - Throws: If a vector is of another length than the tensor's.
  func fitted(to tensor: TensorDescriptor) throws(StatisticsError.Problem) -> TensorStatistics {
    let lengths = [
      ("importance", importance?.count, tensor.columns * tensor.slices),
      ("row sensitivity", rowSensitivity?.count, tensor.rowsPerSlice * tensor.slices),
      ("lookup share", lookupShare?.count, tensor.rows),
      ("lookup sensitivity", lookupSensitivity?.count, tensor.columns),
      ("tokens", tokens?.count == 1 ? nil : tokens?.count, tensor.slices),
    ]
    for case (let quantity, let found?, let expected) in lengths where found != expected {
      throw .otherShape(entry: tensor.name, quantity, found: found, expected: expected)
    }

    var fitted = self
    if tokens?.count == 1 {
      fitted.tokens = tokens.map { Array(repeating: $0[0], count: tensor.slices) }
    }
    if rowSensitivity?.allSatisfy({ $0 == 0 }) == true { fitted.rowSensitivity = nil }
    fitted.setAsideZeroSlices(columns: tensor.columns)
    if fitted.uninformedSlices.count == tensor.slices {
      fitted.importance = nil
      fitted.uninformedSlices = []
    }
    return fitted
  }

  private mutating func setAsideZeroSlices(columns: Int) {
    guard var importance else { return }
    self.importance = nil
    for start in stride(from: 0, to: importance.count, by: columns) {
      let slice = start..<start + columns
      guard importance[slice].allSatisfy({ $0 == 0 }) else { continue }
      for column in slice { importance[column] = 1 }
      uninformedSlices.append(start / columns)
    }
    uninformedSlices.sort()
    self.importance = importance
  }
}
