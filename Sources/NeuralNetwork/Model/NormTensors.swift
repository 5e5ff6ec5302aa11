import GGUF

/// Where a model keeps a norm.
struct NormTensors: Sendable {
  private let weights: TensorDescriptor
  private let biases: TensorDescriptor?
  private let rule: NormRule
  private let epsilon: Float
  /// Features that are brought to one size together.
  private let width: Int

  /// Finds the tensor `NAME.weight` and, of a layer norm, `NAME.bias` if there is one.
  ///
  /// - Parameter model: the constants of the whole model.
  init(
    _ tensors: inout LayerTensors, _ name: String, of model: Hyperparameters
  ) throws(NetworkError.Problem) {
    try self.init(&tensors, name, shape: [model.width], of: model)
  }

  /// Finds the tensors of a norm of heads: they are normed each by itself, by weights that they share or that each
  /// has, or all together.
  init(
    _ tensors: inout LayerTensors, _ name: String, ofHeads heads: Int, _ headWidth: Int,
    of model: Hyperparameters
  ) throws(NetworkError.Problem) {
    let width = try tensors.dimension(0, of: "\(name).weight")
    let areShared = try tensors.dimension(1, of: "\(name).weight") == 1
    let shape =
      if !areShared {
        [headWidth, heads]
      } else if width == heads * headWidth {
        [width]
      } else {
        [headWidth]
      }
    try self.init(&tensors, name, shape: shape, of: model)
  }

  private init(
    _ tensors: inout LayerTensors, _ name: String, shape: [Int], of model: Hyperparameters
  ) throws(NetworkError.Problem) {
    weights = try tensors.take("\(name).weight", shape: shape)
    rule = model.architecture.norm
    biases =
      rule == .layer ? try tensors.takeIfPresent("\(name).bias", shape: shape) : nil
    epsilon = model.epsilon
    width = shape[0]
    // Rows are read one by one.
    for tensor in [weights, biases] {
      if let tensor, tensor.type.rowsPerGroup > 1 {
        throw .type(tensor: tensor.name, tensor.type)
      }
    }
  }

  /// Reads the weights.
  func load(from loader: WeightLoader) throws -> any Norm {
    func values(_ tensor: TensorDescriptor) throws -> [Float] {
      try (0..<tensor.rows).flatMap { try loader.vector(tensor, row: $0) }
    }
    let norm = RootMeanSquareNorm(weights: try values(weights), epsilon: epsilon, width: width)
    return switch rule {
    case .rootMeanSquare: norm
    case .layer: LayerNorm(scaling: norm, biases: try biases.map(values))
    }
  }
}
