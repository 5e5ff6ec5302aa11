import Codecs
import Compensation
import GGUF

/// Encodes rows of a slice with compensation, one thread's worth.
struct CompensatedConverter {
  private let reader: RowReader
  private let encoder: CompensatedEncoder
  private let tensor: TensorDescriptor
  private let type: TensorType
  private let output: AlignedBuffer<UInt8>

  init(_ slice: CompensatedSlice, _ factor: SecondMomentFactor) {
    tensor = slice.tensor
    type = slice.codec.type
    guard let codec = Codec.of(tensor.type), let size = type.rowBytes(columns: tensor.columns)
    else {
      preconditionFailure("a tensor that was not checked")
    }
    reader = RowReader(slice.source.file, tensor, codec, rows: CompensatedEncoder.tileRows)
    encoder = CompensatedEncoder(
      slice.codec, objective: slice.objective, weighting: slice.weighting, factor: factor)
    output = AlignedBuffer(count: size * CompensatedEncoder.tileRows)
  }

  /// The bytes of some rows, at most `CompensatedEncoder.tileRows`; valid until the next call.
  ///
  /// - Throws: `UnrepresentableWeight` for a weight that the type cannot hold, `NonFiniteWeight`, `FileError`.
  func encode(_ rows: Range<Int>) throws -> UnsafeRawBufferPointer {
    let bytes = output.bytes(rows.count * type.rowBytes(columns: tensor.columns)!)
    let weights = try reader.read(rows)
    encoder.encode(weights, into: bytes)
    if let (row, column) = encoder.firstBeyondReach(of: weights, bytes) {
      throw UnrepresentableWeight(
        tensor: tensor.name, row: rows.lowerBound + row, column: column,
        value: weights[row][column], type: type)
    }
    return UnsafeRawBufferPointer(bytes)
  }
}
