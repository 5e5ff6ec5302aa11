import GGUF
import LinearAlgebra
import Threads

/// Where a model keeps the weights of what its layers are given of the tokens beside the features of the layer before:
/// p = (√n row + norm(W x)) / √2, with the token's row in a table of its own and its embedding x, n features for each
/// layer (Gemma 3n and 4; ik_llama.cpp 8337e4cd, `gemma4_project_per_layer_inputs`).
struct LayerInputTensors: Sendable {
  /// What a token gives to every layer, layer beside layer.
  let table: EmbeddingTable
  /// W for all layers.
  let projection: ProjectionTensors
  private let norm: TensorDescriptor
  private let epsilon: Float

  /// Finds the tensors and checks their shapes.
  ///
  /// - Parameters:
  ///   - width: features for each layer.
  ///   - vocabulary: the tokens of the model.
  init(
    _ tensors: inout LayerTensors, width: Int, vocabulary: Int, of model: Hyperparameters
  ) throws(NetworkError.Problem) {
    // Both factors are at most 2³⁰.
    let all = width * model.layers.count
    table = EmbeddingTable(
      tensor: try tensors.take("per_layer_token_embd.weight", shape: [all, vocabulary]),
      scale: Float(width).squareRoot())
    projection = try ProjectionTensors(
      &tensors, ["per_layer_model_proj": all], inputs: model.width)
    norm = try tensors.take("per_layer_proj_norm.weight", shape: [width])
    // W x is divided by the square root of the width, which the norm would undo but for ε.
    epsilon = model.epsilon * Float(model.width)
  }

  /// Gives every layer what is for it, given the embeddings of the tokens.
  func give(
    to batch: Batch, _ x: Matrix, from loader: WeightLoader, on workers: Workers
  ) throws {
    let inputs = try projection.load(from: loader, on: workers)(x, on: workers)
    try loadNorm(from: loader).normalize(inputs, into: inputs, on: workers)
    inputs.add(try table(batch.tokens, from: loader.source, on: workers), on: workers)
    inputs.scale(by: Self.share)
    batch.side.layerInputs = inputs
  }

  /// Adds the gradient at the embeddings of the tokens, given those that the layers have left at what they were
  /// given.
  func addGradient(
    of batch: Batch, at x: Matrix, to dx: Matrix, sums: inout CalibrationSums,
    from loader: WeightLoader, on workers: Workers
  ) throws {
    guard let gradient = batch.side.takeLayerInputGradients() else { return }
    gradient.scale(by: Self.share)
    let projection = try projection.load(from: loader, on: workers)
    let dProjected = gradient.copy()
    try loadNorm(from: loader)
      .replaceGradient(dProjected, at: projection(x, on: workers), on: workers)
    sums.add(projection, inputs: x, gradients: dProjected, on: workers)
    dx.add(projection.gradient(dProjected, on: workers), on: workers)
    table.add(batch.tokens, consuming: gradient, to: &sums, on: workers)
  }

  private func loadNorm(from loader: WeightLoader) throws -> RootMeanSquareNorm {
    try loader.norm(norm, epsilon: epsilon)
  }

  /// What the sum of both parts is multiplied by.
  private static let share = Float(0.5).squareRoot()
}
