package import GGUF

/// Reads rows of a model's tensor as floats, whatever their type, into memory of its own: one thread's
/// worth.
package struct RowReader {
  private let model: ModelFile
  /// The tensor whose rows are read.
  package let tensor: TensorDescriptor
  private let codec: Codec
  /// The most rows that can be read at a time.
  package let capacity: Int
  private let bytes: AlignedBuffer<UInt8>
  private let weights: AlignedBuffer<Float>

  /// - Parameters:
  ///   - codec: that of the tensor's type.
  ///   - rows: the most that will be read at a time.
  ///   - previous: a reader that is no longer used; its memory is taken over where that is enough.
  package init(
    _ model: ModelFile, _ tensor: TensorDescriptor, _ codec: Codec, rows: Int,
    replacing previous: RowReader? = nil
  ) {
    self.model = model
    self.tensor = tensor
    self.codec = codec
    capacity = rows
    // The groups that the rows lie in may begin before them and end after them.
    let room = rows + 2 * (tensor.type.rowsPerGroup - 1)
    bytes = Self.memory(room * tensor.rowBytes, replacing: previous?.bytes)
    weights = Self.memory(room * tensor.columns, replacing: previous?.weights)
  }

  private static func memory<Value>(
    _ count: Int, replacing previous: AlignedBuffer<Value>?
  ) -> AlignedBuffer<Value> {
    if let previous, previous.values.count >= count { return previous }
    return AlignedBuffer(count: count)
  }

  /// The weights of some rows, valid until the next call.
  ///
  /// - Throws: `NonFiniteWeight` for the first NaN or infinity, `FileError`.
  package func read(_ rows: Range<Int>) throws -> [UnsafeBufferPointer<Float>] {
    let size = tensor.type.rowsPerGroup
    let groups = rows.lowerBound / size * size..<(rows.upperBound + size - 1) / size * size
    try model.decode(
      tensor, rows: groups, codec, through: bytes.bytes(groups.count * tensor.rowBytes),
      into: weights.prefix(groups.count * tensor.columns))
    return try rows.map { row in
      let start = (row - groups.lowerBound) * tensor.columns
      let values = UnsafeBufferPointer(
        rebasing: weights.values[start..<start + tensor.columns])
      try model.requireFinite(values, of: tensor, from: row)
      return values
    }
  }

  /// The bytes that the last call of `read` took these rows from, as the file has them; valid until the next one.
  ///
  /// - Precondition: The rows are those that were read, and whole groups.
  package func bytes(of rows: Range<Int>) -> UnsafeRawBufferPointer {
    precondition(rows.lowerBound % tensor.type.rowsPerGroup == 0, "part of a group")
    return UnsafeRawBufferPointer(bytes.bytes(rows.count * tensor.rowBytes))
  }

  /// How many rows to handle at a time: about 32,000 weights, a fraction of a millisecond's work, in
  /// whole groups.
  package static func rowsPerItem(_ tensor: TensorDescriptor) -> Int {
    let group = tensor.type.rowsPerGroup
    return (max(1, 32_768 / tensor.columns) + group - 1) / group * group
  }
}

extension ModelFile {
  /// Reads rows of a tensor as floats; safe to call from many threads at once.
  ///
  /// - Parameters:
  ///   - rows: whole groups of the tensor's type, counted over all slices.
  ///   - codec: that of the tensor's type.
  ///   - weights: room for as many rows, one after another.
  /// - Throws: `NonFiniteWeight` for the first NaN or infinity, `FileError`.
  package func readWeights(
    _ tensor: TensorDescriptor, rows: Range<Int>, _ codec: Codec,
    into weights: UnsafeMutableBufferPointer<Float>
  ) throws {
    try withUnsafeTemporaryAllocation(
      byteCount: rows.count * tensor.rowBytes, alignment: 64
    ) { try decode(tensor, rows: rows, codec, through: $0, into: weights) }
    try requireFinite(UnsafeBufferPointer(weights), of: tensor, from: rows.lowerBound)
  }

  /// Reads and decodes whole groups of rows; `bytes` has room for what is read.
  fileprivate func decode(
    _ tensor: TensorDescriptor, rows: Range<Int>, _ codec: Codec,
    through bytes: UnsafeMutableRawBufferPointer, into weights: UnsafeMutableBufferPointer<Float>
  ) throws(FileError) {
    try readRows(tensor, rows: rows, into: bytes)
    let size = tensor.type.rowsPerGroup
    let (groupBytes, groupWeights) = (size * tensor.rowBytes, size * tensor.columns)
    for group in 0..<rows.count / size {
      codec.decodeStrictly(
        UnsafeRawBufferPointer(rebasing: bytes[group * groupBytes..<(group + 1) * groupBytes]),
        into: UnsafeMutableBufferPointer(
          rebasing: weights[group * groupWeights..<(group + 1) * groupWeights]))
    }
  }

  /// Checks the weights of whole rows, the first of which is `row`.
  fileprivate func requireFinite(
    _ weights: UnsafeBufferPointer<Float>, of tensor: TensorDescriptor, from row: Int
  ) throws(NonFiniteWeight) {
    try weights.forEachNonFinite(from: row * tensor.columns, columns: tensor.columns) {
      (row, columns, value) throws(NonFiniteWeight) in
      throw NonFiniteWeight(self, tensor, row: row, columns: columns, value: value)
    }
  }
}
