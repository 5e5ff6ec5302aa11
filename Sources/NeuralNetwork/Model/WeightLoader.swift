import Codecs
import GGUF
import LinearAlgebra
import Threads

/// The weights of a model, as its network multiplies with them.
struct WeightLoader: Sendable {
  var source: any WeightSource
  let arithmetic: Arithmetic
  /// How what weights are multiplied with is rounded.
  var activations = Activations.f32
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
    try kept(tensor, slice: slice) {
      if arithmetic != .float, !arithmetic.multipliesBFloat {
        return .blockFloat(BlockFloatWeights(try panels(tensor, slice: slice, on: workers)))
      }
      return WeightMatrix(
        try matrix(tensor, slice: slice, on: workers), arithmetic, on: workers)
    }
  }

  /// How what a tensor's weights are multiplied with is rounded.
  func activations(of tensor: TensorDescriptor) -> ActivationFormat {
    switch activations {
    case .f32: .f32
    case .bf16: .bf16
    case .q8: source.type(of: tensor).activationFormat ?? .f32
    }
  }

  /// The weights of a tensor, some rows of which will be taken alone.
  func divisibleWeight(_ tensor: TensorDescriptor, on workers: Workers) throws -> WeightMatrix {
    try divisibleWeight(assembledInPlaceOf: tensor) { try matrix(tensor, slice: 0, on: workers) }
  }

  /// Weights that are put together from several tensors, some rows of which will be taken alone. They are kept where
  /// those of the first of the tensors would be.
  func divisibleWeight(
    assembledInPlaceOf tensor: TensorDescriptor, assemble: () throws -> Matrix
  ) throws -> WeightMatrix {
    try kept(tensor, slice: 0) { WeightMatrix(divisible: try assemble(), arithmetic) }
  }

  private func kept(
    _ tensor: TensorDescriptor, slice: Int, load: () throws -> WeightMatrix
  ) throws -> WeightMatrix {
    guard let kept else { return try load() }
    return try kept.weight(tensor, slice: slice, load: load)
  }

  /// The weights of a slice of a tensor, packed for products without being decoded all at once.
  private func panels(
    _ tensor: TensorDescriptor, slice: Int, on workers: Workers
  ) throws -> BlockFloatPanels {
    let (first, width) = (slice * tensor.rowsPerSlice, BlockFloatPanels.width)
    let rowsPerItem = (RowReader.rowsPerItem(tensor) + width - 1) / width * width
    return try BlockFloatPanels(
      rows: tensor.columns, columns: tensor.rowsPerSlice, columnsPerItem: rowsPerItem, on: workers
    ) { range, values in
      try source.read(
        tensor, rows: first + range.lowerBound..<first + range.upperBound, into: values)
    }
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
