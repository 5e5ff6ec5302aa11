import Codecs
package import GGUF

/// Where a network gets its weights from: a model's file, or what would become of it.
package protocol WeightSource: Sendable {
  /// Reads rows of a tensor as floats, safe to call from many threads at once.
  ///
  /// - Parameters:
  ///   - rows: whole groups of the tensor's type, counted over all slices.
  ///   - weights: room for as many rows, one after another.
  func read(
    _ tensor: TensorDescriptor, rows: Range<Int>, into weights: UnsafeMutableBufferPointer<Float>
  ) throws
}

extension ModelFile: WeightSource {
  package func read(
    _ tensor: TensorDescriptor, rows: Range<Int>, into weights: UnsafeMutableBufferPointer<Float>
  ) throws {
    guard let codec = Codec.of(tensor.type) else {
      throw NetworkError(path: path, .type(tensor: tensor.name, tensor.type))
    }
    let group = tensor.type.rowsPerGroup
    let (groupBytes, groupWeights) = (group * tensor.rowBytes, group * tensor.columns)
    try withUnsafeTemporaryAllocation(
      byteCount: rows.count * tensor.rowBytes, alignment: 64
    ) { bytes in
      try readRows(tensor, rows: rows, into: bytes)
      for index in 0..<rows.count / group {
        codec.decode(
          UnsafeRawBufferPointer(rebasing: bytes[index * groupBytes..<(index + 1) * groupBytes]),
          into: UnsafeMutableBufferPointer(
            rebasing: weights[index * groupWeights..<(index + 1) * groupWeights]))
      }
    }
    if let index = UnsafeBufferPointer(weights).firstNonFinite {
      let row = rows.lowerBound + index / tensor.columns
      throw NetworkError(path: path, .notFinite(tensor: tensor.name, row: row))
    }
  }
}
