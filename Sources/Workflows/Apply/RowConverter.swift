import Codecs
import GGUF

/// Converts rows from one type to another, one thread's worth.
struct RowConverter {
  let source: SourceModel
  let weighting: Weighting
  private var reader: RowReader?
  private var output = AlignedBuffer<UInt8>(count: 0)
  /// What a row becomes.
  private var row = AlignedBuffer<Float>(count: 0)
  private var encoder: RowEncoder?

  init(source: SourceModel, weighting: Weighting) {
    self.source = source
    self.weighting = weighting
  }

  /// Hands some rows of a tensor to `body`: their bytes in the source, and in the new type. A tensor that keeps its
  /// type is copied.
  ///
  /// - Parameters:
  ///   - rows: whole groups of the tensor's type.
  ///   - importance: of the tensor's columns, slice after slice.
  mutating func convert(
    _ tensor: TensorDescriptor, _ rows: Range<Int>, to type: TensorType, importance: [Float]?,
    _ body: (_ original: UnsafeRawBufferPointer, _ converted: UnsafeRawBufferPointer) throws -> Void
  ) throws {
    guard type != tensor.type else {
      let bytes = try original(tensor, rows)
      return try body(bytes, bytes)
    }
    guard let codec = Codec.of(type), codec.canEncode else {
      preconditionFailure("a type that was not checked")
    }
    let converted = try encode(tensor, rows, by: codec, importance: importance)
    guard let reader else { preconditionFailure("rows were encoded that nobody read") }
    try body(reader.bytes(of: rows), converted)
  }

  /// The bytes of some rows that are copied. NaN is never passed on, be it in the scale of a block.
  private mutating func original(
    _ tensor: TensorDescriptor, _ rows: Range<Int>
  ) throws -> UnsafeRawBufferPointer {
    if Codec.of(tensor.type) != nil {
      _ = try weights(tensor, rows)
      if let reader { return reader.bytes(of: rows) }
    }
    let bytes = room(rows.count * tensor.rowBytes)
    try source.file.readRows(tensor, rows: rows, into: bytes)
    return UnsafeRawBufferPointer(bytes)
  }

  /// Encodes some rows of a tensor. The bytes are valid until the next call.
  ///
  /// - Parameters:
  ///   - importance: of the tensor's columns, slice after slice.
  ///   - decoded: room for what the weights of all these rows become, where somebody asks.
  /// - Throws: `UnrepresentableWeight` for a weight that the type cannot hold.
  @discardableResult
  mutating func encode(
    _ tensor: TensorDescriptor, _ rows: Range<Int>, by codec: Codec, importance: [Float]?,
    decoded: UnsafeMutableBufferPointer<Float>? = nil
  ) throws -> UnsafeRawBufferPointer {
    guard let size = codec.type.rowBytes(columns: tensor.columns) else {
      preconditionFailure("a type that the row length does not allow")
    }
    let columns = tensor.columns
    let weights = try weights(tensor, rows)
    if row.values.count < columns { row = AlignedBuffer(count: columns) }
    let bytes = room(rows.count * size)
    let encoder = encoder(of: codec, columns: columns)
    for (index, x) in weights.enumerated() {
      let number = rows.lowerBound + index
      encoder.objective = Objective(
        importance: importance, slice: number / tensor.rowsPerSlice, columns: columns)
      let became =
        decoded.map {
          UnsafeMutableBufferPointer(rebasing: $0[index * columns..<(index + 1) * columns])
        }
        ?? row.prefix(columns)
      encoder.encode(
        x,
        into: UnsafeMutableRawBufferPointer(rebasing: bytes[index * size..<(index + 1) * size]),
        decoded: became)
      if let column = encoder.firstBeyondReach(of: x, UnsafeBufferPointer(became)) {
        throw UnrepresentableWeight(
          tensor: tensor.name, row: number, column: column, value: x[column], type: codec.type)
      }
    }
    return UnsafeRawBufferPointer(bytes)
  }

  /// The encoder of a type and row length: mostly that of the call before.
  private mutating func encoder(of codec: Codec, columns: Int) -> RowEncoder {
    if let encoder, encoder.codec.type == codec.type, encoder.columns == columns { return encoder }
    let encoder = codec.encoder(columns: columns, weighting: weighting)
    self.encoder = encoder
    return encoder
  }

  /// The weights of some rows, all finite; valid until the next call.
  private mutating func weights(
    _ tensor: TensorDescriptor, _ rows: Range<Int>
  ) throws -> [UnsafeBufferPointer<Float>] {
    if let reader, reader.tensor == tensor, reader.capacity >= rows.count {
      return try reader.read(rows)
    }
    let reader = RowReader(
      source.file, tensor, try source.codec(of: tensor), rows: rows.count, replacing: self.reader)
    self.reader = reader
    return try reader.read(rows)
  }

  /// Memory of `count` bytes to fill.
  private mutating func room(_ count: Int) -> UnsafeMutableRawBufferPointer {
    if output.values.count < count { output = AlignedBuffer(count: count) }
    return output.bytes(count)
  }
}
