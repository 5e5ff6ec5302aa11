import Codecs
import GGUF

/// Reads rows of a model's tensor as floats, whatever their type, one thread's worth.
struct WeightReader {
  private let model: ModelFile
  let tensor: TensorDescriptor
  private let codec: Codec
  /// The most rows that can be read at a time.
  let capacity: Int
  private let raw: AlignedBuffer<UInt8>
  private let weights: AlignedBuffer<Float>

  /// - Parameter rows: the most that will be read at a time.
  init(_ model: ModelFile, _ tensor: TensorDescriptor, _ codec: Codec, rows: Int) {
    self.model = model
    self.tensor = tensor
    self.codec = codec
    capacity = rows
    raw = AlignedBuffer(count: rows * tensor.rowBytes)
    weights = AlignedBuffer(count: rows * tensor.columns)
  }

  /// The weights of some rows, valid until the next call.
  ///
  /// - Throws: `NonFiniteWeight` for the first NaN or infinity.
  func read(_ rows: Range<Int>) throws -> [UnsafeBufferPointer<Float>] {
    let bytes = raw.bytes(rows.count * tensor.rowBytes)
    try model.readRows(tensor, rows: rows, into: bytes)
    return try rows.enumerated().map { index, row in
      let source = UnsafeRawBufferPointer(
        rebasing: bytes[index * tensor.rowBytes..<(index + 1) * tensor.rowBytes])
      let start = index * tensor.columns
      let target = UnsafeMutableBufferPointer(
        rebasing: weights.values[start..<start + tensor.columns])
      codec.decode(source, into: target)
      let values = UnsafeBufferPointer(target)
      if let column = values.firstNonFinite {
        throw NonFiniteWeight(
          path: model.shardPaths[tensor.shard], tensor: tensor.name, row: row, column: column,
          offset: tensor.offset + row * tensor.rowBytes, value: values[column])
      }
      return values
    }
  }

  /// How many rows to handle at a time: about 32,000 weights, a fraction of a millisecond's work.
  static func rowsPerItem(_ tensor: TensorDescriptor) -> Int {
    max(1, 32_768 / tensor.columns)
  }
}

/// A weight that is NaN or infinite: no type can keep it.
package struct NonFiniteWeight: Error, CustomStringConvertible {
  package let path: String
  package let tensor: String
  package let row: Int
  package let column: Int
  /// Where the row begins in the file, in bytes.
  package let offset: Int
  package let value: Float

  package var description: String {
    "\(path.escaped): tensor \(tensor.escaped) holds \(value) at row \(row), column \(column) "
      + "(the row begins at byte \(offset))"
  }
}
