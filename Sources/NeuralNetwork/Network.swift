import Codecs
package import GGUF
package import LinearAlgebra
package import Threads

/// A language model that runs: forward for logits, backward for what calibration sums up.
///
/// Weights of any type are decoded to floats a layer (or an expert) at a time, and dropped after it, so
/// memory holds one layer, the output head, and activations; where texts are written, also what is kept of them
/// and of the weights from token to token (see `write`).
package struct Network: Sendable {
  /// The model's file.
  package let path: String
  let parameters: Hyperparameters
  let embeddings: EmbeddingTable
  /// What layers are given of the tokens beside their embeddings, in models where they are given anything.
  let layerInputs: LayerInputTensors?
  let blocks: [BlockTensors]
  let outputNorm: NormTensors
  let head: ProjectionTensors
  /// The head that drafts, in models that have one.
  let draft: DraftTensors?
  let rotationFactors: RotationFactors
  var loader: WeightLoader
  package let workers: Workers

  /// Reads how a model is built and checks that it has every tensor that it needs, and no others.
  ///
  /// - Parameters:
  ///   - weights: where to get weights other than those of the model's file, by the model's tensors.
  ///   - arithmetic: how to multiply matrices.
  ///   - activations: how to round what weights are multiplied with.
  ///   - architectures: those that are known.
  package init(
    _ model: ModelFile, weights: (any WeightSource)? = nil, arithmetic: Arithmetic = .float,
    activations: Activations = .f32, threads: Int, architectures: [Architecture] = Architecture.all
  ) throws(NetworkError) {
    path = model.path
    loader = WeightLoader(
      source: weights ?? model, arithmetic: arithmetic, activations: activations, kept: nil)
    workers = Workers(threads)
    do throws(NetworkError.Problem) {
      let parameters = try Hyperparameters(model, architectures: architectures)
      self.parameters = parameters
      var tensors = LayerTensors(model, prefix: "")
      let vocabulary = try tensors.dimension(1, of: "token_embd.weight")
      let table = try tensors.take(
        "token_embd.weight", shape: [parameters.width, vocabulary])
      embeddings = EmbeddingTable(tensor: table, scale: parameters.embeddingScale)
      layerInputs =
        if let width = parameters.layerInputWidth {
          try LayerInputTensors(&tensors, width: width, vocabulary: vocabulary, of: parameters)
        } else { nil }
      outputNorm = try NormTensors(&tensors, "output_norm", of: parameters)
      // A model without a head of its own uses the table of embeddings.
      head =
        tensors.has("output.weight")
        ? try ProjectionTensors(&tensors, ["output": vocabulary], inputs: parameters.width)
        : ProjectionTensors(tied: table)
      rotationFactors = try RotationFactors(&tensors, pairs: parameters.rotation.dimensions / 2)
      try tensors.requireNoneLeft(besides: parameters.allLayers.count)
      var blocks: [BlockTensors] = []
      for layer in parameters.layers.indices {
        blocks.append(try BlockTensors(model, layer: layer, parameters))
      }
      self.blocks = blocks
      draft = try parameters.draft.map { layer throws(NetworkError.Problem) in
        try DraftTensors(model, layer, behind: parameters, vocabulary: vocabulary)
      }
      if let problem = ProductLibrary.problem { throw NetworkError.Problem.library(problem) }
    } catch {
      throw NetworkError(path: model.path, error)
    }
  }

  /// The same network, which keeps weights that it has decoded for their next use, while they take no more than
  /// `bytes`.
  package func keepingWeights(atMost bytes: Int) -> Network {
    var network = self
    network.loader.kept = KeptWeights(atMost: bytes)
    return network
  }

  /// How matrices are multiplied.
  package var arithmetic: Arithmetic { loader.arithmetic }

  /// The number of layers, the one that drafts not among them.
  package var layers: Int { blocks.count }

  /// Features of a token between layers.
  package var width: Int { parameters.width }

  /// Features of a token that are kept while it goes through the layers.
  var featuresPerToken: Int { width + (layerInputs?.table.tensor.columns ?? 0) }

  /// Tokens that the model knows.
  package var vocabulary: Int { embeddings.tokens }

  /// Called after every step of long work with how many steps are done, and of how many; what it throws
  /// ends the work.
  package typealias Progress = (_ done: Int, _ total: Int) throws -> Void

  /// The embeddings of a batch's tokens, scaled as the first layer expects them; the batch gets what else layers are
  /// given of its tokens.
  ///
  /// - Parameter observer: whom linear layers show their inputs to, if anyone.
  func embed(_ batch: Batch, observer: (any InputObserver)? = nil) throws -> Matrix {
    if let token = batch.tokens.first(where: { !(0..<vocabulary ~= Int($0)) }) {
      throw NetworkError(path: path, .token(token, vocabulary: vocabulary))
    }
    let x = try embeddings(batch.tokens, from: loader.source, on: workers)
    var loader = loader
    loader.observer = observer
    try layerInputs?.give(to: batch, x, from: loader, on: workers)
    return x
  }

  /// The weights of a layer.
  package func block(_ layer: Int, _ rotations: Rotations) throws -> Block {
    try blocks[layer].load(rotations, from: loader, on: workers)
  }

  /// The norm in front of the output head.
  func finalNorm() throws -> any Norm { try outputNorm.load(from: loader) }

  /// Checks that a layer has given numbers: after one that is NaN, all statistics would be.
  func checkFinite(_ x: Matrix, behind layer: Int) throws {
    try workers.forEach(x.rows) { row in
      guard UnsafeBufferPointer(x.row(row)).firstNonFinite == nil else {
        throw NetworkError(path: path, .features(layer: layer))
      }
    }
  }
}
