import GGUF
import Statistics
import Threads

/// Where a model keeps the weights of one layer.
struct BlockTensors: Sendable {
  /// Where it keeps those of the mixer.
  let mixer: any MixerTensors
  private let feedForward: FeedForwardTensors
  private let mixerNorms: BranchNormTensors
  private let feedForwardNorms: BranchNormTensors

  /// Finds the tensors of a layer and checks their shapes.
  init(
    _ model: ModelFile, layer: Int, _ parameters: Hyperparameters
  ) throws(NetworkError.Problem) {
    var tensors = LayerTensors(model, prefix: "blk.\(layer).")
    try self.init(&tensors, parameters.layers[layer], of: parameters)
    try tensors.requireNoneLeft()
  }

  /// Finds the tensors of a layer among those under its number, which may have others beside.
  ///
  /// - Parameter model: the constants of the whole model.
  init(
    _ tensors: inout LayerTensors, _ layer: LayerParameters, of model: Hyperparameters
  ) throws(NetworkError.Problem) {
    let feedForwardNorm = model.architecture.feedForwardNorm
    mixerNorms = try BranchNormTensors(
      &tensors, before: "attn_norm",
      behind: feedForwardNorm == "post_attention_norm" ? nil : "post_attention_norm", model)
    switch layer.mixer {
    case .attention(let attention):
      mixer = try AttentionTensors(&tensors, attention, of: model)
    case .gatedDeltaNet(let net):
      mixer = try GatedDeltaTensors(&tensors, net, of: model)
    }
    feedForwardNorms = try BranchNormTensors(
      &tensors, before: feedForwardNorm, behind: "post_ffw_norm", model)
    feedForward = try FeedForwardTensors(&tensors, layer.feedForward, of: model)
  }

  /// All linear layers.
  var projections: [ProjectionTensors] { mixer.projections + feedForward.projections }

  /// The places where linear layers read features, each once.
  var secondMomentSites: [SecondMomentSite] {
    mixer.projections.map { SecondMomentSite(of: [$0]) } + feedForward.secondMomentSites
  }

  /// Reads the weights, but for those of experts, which are read when tokens reach them.
  ///
  /// - Parameter rotations: the rotary embeddings of all layers, for as many positions as will be met.
  func load(
    _ rotations: Rotations, from loader: WeightLoader, on workers: Workers
  ) throws -> Block {
    Block(
      mixer: try mixer.load(rotations, from: loader, on: workers),
      mixerNorms: try mixerNorms.load(from: loader),
      feedForward: try feedForward.load(from: loader, on: workers),
      feedForwardNorms: try feedForwardNorms.load(from: loader))
  }
}

/// Where a model keeps the norms of one half of a layer.
private struct BranchNormTensors: Sendable {
  private let before: TensorDescriptor?
  private let behind: TensorDescriptor?
  private let epsilon: Float

  init(
    _ tensors: inout LayerTensors, before: String, behind: String?, _ parameters: Hyperparameters
  ) throws(NetworkError.Problem) {
    let shape = [parameters.width]
    let behind = try behind.flatMap { behind throws(NetworkError.Problem) in
      try tensors.takeIfPresent("\(behind).weight", shape: shape)
    }
    // A half without any norm is no half of a model that is known.
    self.before =
      behind == nil
      ? try tensors.take("\(before).weight", shape: shape)
      : try tensors.takeIfPresent("\(before).weight", shape: shape)
    self.behind = behind
    epsilon = parameters.epsilon
  }

  func load(from loader: WeightLoader) throws -> BranchNorms {
    BranchNorms(
      before: try before.map { try loader.norm($0, epsilon: epsilon) },
      behind: try behind.map { try loader.norm($0, epsilon: epsilon) })
  }
}
