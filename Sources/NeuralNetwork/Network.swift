package import GGUF
package import Threads

/// A language model that runs: forward for logits, backward for what calibration sums up.
///
/// Weights of any type are decoded to floats a layer (or an expert) at a time, and dropped after it, so
/// memory holds one layer, the output head, and activations.
package struct Network: Sendable {
  /// The model's file.
  package let path: String
  let parameters: Hyperparameters
  let embeddings: TensorDescriptor
  let blocks: [BlockTensors]
  let outputNorm: TensorDescriptor
  let head: ProjectionTensors
  let rotationFactors: RotationFactors
  let weights: Weights
  package let workers: Workers

  /// Reads how a model is built and checks that it has every tensor that it needs, and no others.
  ///
  /// - Parameters:
  ///   - weights: where to get weights other than those of the model's file, by the model's tensors.
  ///   - arithmetic: how to multiply matrices.
  package init(
    _ model: ModelFile, weights: (any WeightSource)? = nil, arithmetic: Arithmetic = .float,
    threads: Int
  ) throws(NetworkError) {
    path = model.path
    self.weights = Weights(source: weights ?? model, arithmetic: arithmetic)
    workers = Workers(threads)
    do {
      let parameters = try Hyperparameters(model)
      self.parameters = parameters
      var tensors = LayerTensors(model, prefix: "")
      let vocabulary = try tensors.dimension(1, of: "token_embd.weight")
      embeddings = try tensors.take(
        "token_embd.weight", shape: [parameters.width, vocabulary])
      outputNorm = try tensors.take("output_norm.weight", shape: [parameters.width])
      // A model without a head of its own uses the table of embeddings.
      head =
        tensors.has("output.weight")
        ? try ProjectionTensors(&tensors, ["output": vocabulary], inputs: parameters.width)
        : ProjectionTensors(tied: embeddings)
      rotationFactors = try RotationFactors(&tensors, pairs: parameters.rotation.dimensions / 2)
      try tensors.requireNoneLeft(besides: parameters.layers)
      var blocks: [BlockTensors] = []
      for layer in 0..<parameters.layers {
        blocks.append(try BlockTensors(model, layer: layer, parameters))
      }
      self.blocks = blocks
    } catch {
      throw NetworkError(path: model.path, error)
    }
  }

  /// The number of layers.
  package var layers: Int { parameters.layers }

  /// Features of a token between layers.
  package var width: Int { parameters.width }

  /// Tokens that the model knows.
  package var vocabulary: Int { embeddings.rows }

  /// Told after every step of long work how many of how many are done; what it throws ends the work.
  package typealias Progress = (_ done: Int, _ total: Int) throws -> Void

  /// The rows of the table of embeddings for these tokens, scaled as the first layer expects them.
  func embed(_ tokens: [Int32]) throws -> Matrix {
    if let token = tokens.first(where: { !(0..<vocabulary ~= Int($0)) }) {
      throw NetworkError(path: path, .token(token, vocabulary: vocabulary))
    }
    let x = Matrix(rows: tokens.count, columns: parameters.width)
    let group = embeddings.type.rowsPerGroup
    try workers.forEach(tokens.count) { index in
      let (first, offset) = (Int(tokens[index]) / group * group, Int(tokens[index]) % group)
      let rows = Matrix(rows: group, columns: x.columns)
      try weights.source.read(
        embeddings, rows: first..<first + group,
        into: UnsafeMutableBufferPointer(start: rows[0], count: group * x.columns))
      x[index].update(from: rows[offset], count: x.columns)
    }
    x.scale(by: embeddingScale)
    return x
  }

  /// What embeddings are multiplied by.
  var embeddingScale: Float {
    parameters.architecture.scalesEmbeddings ? Float(parameters.width).squareRoot() : 1
  }

  /// The weights of a layer.
  package func block(_ layer: Int, _ rotations: Rotations) throws -> Block {
    let hasWindow = parameters.architecture.hasWindow(layer: layer)
    return try blocks[layer].load(
      parameters, rotation: hasWindow ? rotations.windowed : rotations.full,
      window: hasWindow ? parameters.windowLength : nil, from: weights, on: workers)
  }

  /// The norm in front of the output head.
  func finalNorm() throws -> RootMeanSquareNorm {
    RootMeanSquareNorm(weights: try weights.vector(outputNorm), epsilon: parameters.epsilon)
  }
}
