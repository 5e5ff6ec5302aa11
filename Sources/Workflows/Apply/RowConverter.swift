import Codecs
package import GGUF

/// Converts rows from one type to another, one thread's worth.
struct RowConverter {
  let source: SourceModel
  let weighting: Weighting
  private var reader: WeightReader?
  private var output = AlignedBuffer<UInt8>(count: 0)
  private var decoded = AlignedBuffer<Float>(count: 0)
  private var encoder: RowEncoder?

  init(source: SourceModel, weighting: Weighting) {
    self.source = source
    self.weighting = weighting
  }

  /// Hands the bytes of some rows of a tensor, in its new type, to `body`. A tensor that keeps its type
  /// is copied.
  ///
  /// - Parameter importance: of the tensor's columns, slice after slice.
  mutating func convert(
    _ tensor: TensorDescriptor, _ rows: Range<Int>, to type: TensorType, importance: [Float]?,
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    guard type != tensor.type else {
      if !type.isQuantized, Codec.of(type) != nil {
        // Of plain numbers a look at each is cheap, and NaN is never passed on.
        _ = try weights(tensor, rows)
      }
      let range = rows.lowerBound * tensor.rowBytes..<rows.upperBound * tensor.rowBytes
      let bytes = room(range.count)
      try source.file.read(tensor, byteRange: range, into: bytes)
      try body(UnsafeRawBufferPointer(bytes))
      return
    }
    guard
      let codec = Codec.of(type), codec.canEncode,
      let size = type.rowBytes(columns: tensor.columns)
    else {
      preconditionFailure("a type that was not checked")
    }
    let weights = try weights(tensor, rows)
    if decoded.values.count < tensor.columns { decoded = AlignedBuffer(count: tensor.columns) }
    let bytes = room(rows.count * size)
    let encoder = encoder(of: codec, columns: tensor.columns)
    for (index, x) in weights.enumerated() {
      let row = rows.lowerBound + index
      let target = UnsafeMutableRawBufferPointer(
        rebasing: bytes[index * size..<(index + 1) * size])
      encoder.objective = Objective(
        importance: importance, slice: row / tensor.rowsPerSlice, columns: tensor.columns)
      let check = decoded.prefix(tensor.columns)
      encoder.encode(x, into: target, decoded: check)
      if let column = UnsafeBufferPointer(check).firstNonFinite {
        throw UnrepresentableWeight(
          tensor: tensor.name, row: row, column: column, value: x[column], type: type)
      }
    }
    try body(UnsafeRawBufferPointer(bytes))
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
    let reader = WeightReader(
      source.file, tensor, try source.codec(of: tensor), rows: rows.count)
    self.reader = reader
    return try reader.read(rows)
  }

  /// That many bytes of memory to fill.
  private mutating func room(_ count: Int) -> UnsafeMutableRawBufferPointer {
    if output.values.count < count { output = AlignedBuffer(count: count) }
    return output.bytes(count)
  }
}

/// A finite weight that its new type can only give as NaN or infinity.
package struct UnrepresentableWeight: Error, CustomStringConvertible {
  package let tensor: String
  package let row: Int
  package let column: Int
  package let value: Float
  package let type: TensorType

  package var description: String {
    "tensor \(tensor.escaped): the weight \(value) at row \(row), column \(column) is beyond what "
      + "\(type) can hold"
  }
}
