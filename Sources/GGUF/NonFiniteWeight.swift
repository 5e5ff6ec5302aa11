/// Weights of a model, one or several in a row, that are NaN or infinite: no type can keep them, and no network
/// compute with them.
package struct NonFiniteWeight: ClassifiedError, Equatable {
  /// The file that the row is in.
  package let path: String
  /// The tensor's name.
  package let tensor: String
  /// The row, counted over all slices.
  package let row: Int
  /// The columns from the first such weight to the last of those that follow it without a gap.
  package let columns: Range<Int>
  /// Where the row, or the group of rows that it is in, begins in the file, in bytes.
  package let offset: Int
  /// The first of the weights.
  package let value: Float

  /// Weights of some columns of a row of a model's tensor.
  package init(
    _ model: ModelFile, _ tensor: TensorDescriptor, row: Int, columns: Range<Int>, value: Float
  ) {
    self.init(
      path: model.shardPaths[tensor.shard], tensor, row: row, columns: columns, value: value)
  }

  /// Weights of some columns of a row of a tensor in the file of this path.
  package init(
    path: String, _ tensor: TensorDescriptor, row: Int, columns: Range<Int>, value: Float
  ) {
    self.path = path
    self.tensor = tensor.name
    self.row = row
    self.columns = columns
    let group = tensor.type.rowsPerGroup
    offset = tensor.offset + row / group * group * tensor.rowBytes
    self.value = value
  }

  package var kind: ErrorKind { .nonFinite }

  package var description: String { "\(path.escaped): \(sentence)" }

  /// The sentence without the file.
  package var sentence: String {
    let place =
      columns.count == 1
      ? "column \(columns.lowerBound)"
      : "columns \(columns.lowerBound) to \(columns.upperBound - 1)"
    // A NaN may have a sign, which says nothing.
    let value = value.isNaN ? "nan" : "\(value)"
    return "tensor \(tensor.escaped) holds \(value) at row \(row), \(place) "
      + "(the row begins at byte \(offset))"
  }
}

/// All such weights of a model, or the first of them.
package struct NonFiniteWeights: ClassifiedError, Equatable {
  /// How many places are listed.
  package static let listed = 20

  /// The first places, in the order of the file.
  package let first: [NonFiniteWeight]
  /// How many places there are.
  package let count: Int

  /// - Precondition: There is one place at least.
  package init(first: [NonFiniteWeight], count: Int) {
    self.first = first
    self.count = count
  }

  package var kind: ErrorKind { .nonFinite }

  package var description: String {
    guard count > 1 else { return first[0].description }
    let more = count > first.count ? ", of which these are the first \(first.count)" : ""
    return "\(first[0].path.escaped): weights are no numbers in \(count) places\(more):"
      + first.map { "\n  \($0.sentence)" }.joined()
  }
}
