package import Codecs
package import GGUF

/// Reads rows of a model's tensor as floats, whatever their type, one thread's worth.
package struct WeightReader {
  private let model: ModelFile
  let tensor: TensorDescriptor
  private let codec: Codec
  /// The most rows that can be read at a time.
  let capacity: Int
  private let raw: AlignedBuffer<UInt8>
  private let weights: AlignedBuffer<Float>

  /// - Parameter rows: the most that will be read at a time.
  package init(_ model: ModelFile, _ tensor: TensorDescriptor, _ codec: Codec, rows: Int) {
    self.model = model
    self.tensor = tensor
    self.codec = codec
    capacity = rows
    // The groups that the rows lie in may begin before them and end after them.
    let room = rows + 2 * (tensor.type.rowsPerGroup - 1)
    raw = AlignedBuffer(count: room * tensor.rowBytes)
    weights = AlignedBuffer(count: room * tensor.columns)
  }

  /// The weights of some rows, valid until the next call.
  ///
  /// - Throws: `NonFiniteWeight` for the first NaN or infinity.
  package func read(_ rows: Range<Int>) throws -> [UnsafeBufferPointer<Float>] {
    let size = tensor.type.rowsPerGroup
    let groups = rows.lowerBound / size..<(rows.upperBound + size - 1) / size
    let first = groups.lowerBound * size
    let bytes = raw.bytes(groups.count * size * tensor.rowBytes)
    try model.readRows(tensor, rows: first..<groups.upperBound * size, into: bytes)
    for group in 0..<groups.count {
      let byteRange = group * size * tensor.rowBytes..<(group + 1) * size * tensor.rowBytes
      let range = group * size * tensor.columns..<(group + 1) * size * tensor.columns
      codec.decode(
        UnsafeRawBufferPointer(rebasing: bytes[byteRange]),
        into: UnsafeMutableBufferPointer(rebasing: weights.values[range]))
    }
    return try rows.map { row in
      let start = (row - first) * tensor.columns
      let values = UnsafeBufferPointer(
        rebasing: weights.values[start..<start + tensor.columns])
      if let column = values.firstNonFinite {
        throw NonFiniteWeight(
          path: model.shardPaths[tensor.shard], tensor: tensor.name, row: row, column: column,
          offset: tensor.offset + row / size * size * tensor.rowBytes, value: values[column])
      }
      return values
    }
  }

  /// How many rows to handle at a time: about 32,000 weights, a fraction of a millisecond's work, in
  /// whole groups.
  package static func rowsPerItem(_ tensor: TensorDescriptor) -> Int {
    let group = tensor.type.rowsPerGroup
    return (max(1, 32_768 / tensor.columns) + group - 1) / group * group
  }
}

/// A weight that is NaN or infinite: no type can keep it.
package struct NonFiniteWeight: ClassifiedError {
  package let path: String
  package let tensor: String
  package let row: Int
  package let column: Int
  /// Where the row, or the group of rows that it is in, begins in the file, in bytes.
  package let offset: Int
  package let value: Float

  package var kind: ErrorKind { .nonFinite }

  package var description: String {
    "\(path.escaped): tensor \(tensor.escaped) holds \(value) at row \(row), column \(column) "
      + "(the row begins at byte \(offset))"
  }
}
