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

  /// The type that a tensor's weights come in.
  func type(of tensor: TensorDescriptor) -> TensorType
}

extension WeightSource {
  package func type(of tensor: TensorDescriptor) -> TensorType { tensor.type }
}

extension ModelFile: WeightSource {
  package func read(
    _ tensor: TensorDescriptor, rows: Range<Int>, into weights: UnsafeMutableBufferPointer<Float>
  ) throws {
    guard let codec = Codec.of(tensor.type) else {
      throw NetworkError(path: path, .type(tensor: tensor.name, tensor.type))
    }
    try readWeights(tensor, rows: rows, codec, into: weights)
  }
}
