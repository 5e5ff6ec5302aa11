import Codecs
import GGUF
import LinearAlgebra
import Threads

/// The weights of a model, as its network multiplies with them.
struct WeightLoader: Sendable {
  let source: any WeightSource
  let arithmetic: Arithmetic
  /// Where weights stay decoded; nil where they are dropped after use.
  var kept: KeptWeights?
  /// How far errors of quantization move what routers compare, by the names of their weights; of others choices count as
  /// they are.
  var routerSpreads: [String: Float] = [:]
  /// Whom linear layers show their inputs to, if anyone.
  var observer: (any InputObserver)?

  /// The weights of a slice of a tensor, `rowsPerSlice × columns`.
  func weight(_ tensor: TensorDescriptor, slice: Int = 0, on workers: Workers) throws
    -> WeightMatrix
  {
    try weight(tensor, slice: slice) { try matrix(tensor, slice: slice, on: workers) }
  }

  /// Weights that are put together from several tensors, and kept where those of the first of them would be.
  func weight(
    assembledInPlaceOf tensor: TensorDescriptor, assemble: () throws -> Matrix
  ) throws -> WeightMatrix {
    try weight(tensor, slice: 0, load: assemble)
  }

  private func weight(
    _ tensor: TensorDescriptor, slice: Int, load: () throws -> Matrix
  ) throws -> WeightMatrix {
    guard let kept else { return WeightMatrix(try load(), arithmetic) }
    return try kept.weight(tensor, slice: slice) { WeightMatrix(try load(), arithmetic) }
  }

  /// The weights of a slice of a tensor as floats, `rowsPerSlice × columns`.
  func matrix(_ tensor: TensorDescriptor, slice: Int, on workers: Workers) throws -> Matrix {
    let (rows, columns) = (tensor.rowsPerSlice, tensor.columns)
    let matrix = Matrix(rows: rows, columns: columns)
    try workers.forEachRange(of: rows, size: RowReader.rowsPerItem(tensor)) { range in
      try source.read(
        tensor, rows: slice * rows + range.lowerBound..<slice * rows + range.upperBound,
        into: UnsafeMutableBufferPointer(
          start: matrix[range.lowerBound], count: range.count * columns))
    }
    return matrix
  }

  /// A norm with these weights.
  func norm(_ tensor: TensorDescriptor, epsilon: Float) throws -> RootMeanSquareNorm {
    RootMeanSquareNorm(weights: try vector(tensor), epsilon: epsilon)
  }

  /// All values of a tensor, row after row.
  func values(_ tensor: TensorDescriptor) throws -> [Float] {
    try [Float](unsafeUninitializedCapacity: tensor.elements) { values, count in
      try source.read(tensor, rows: 0..<tensor.rows, into: values)
      count = tensor.elements
    }
  }

  /// The values of a vector, or of one row of several.
  func vector(_ tensor: TensorDescriptor, row: Int = 0) throws -> [Float] {
    try [Float](unsafeUninitializedCapacity: tensor.columns) { values, count in
      try source.read(tensor, rows: row..<row + 1, into: values)
      count = tensor.columns
    }
  }
}
