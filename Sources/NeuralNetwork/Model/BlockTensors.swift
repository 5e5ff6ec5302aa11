import GGUF
import Statistics
import Threads

/// Where a model keeps the weights of one layer.
struct BlockTensors: Sendable {
  /// Where it keeps those of the mixer.
  let mixer: any MixerTensors
  private let feedForward: FeedForwardTensors
  private let order: BlockOrder
  private let mixerResidual: ResidualTensors
  private let feedForwardResidual: ResidualTensors
  private let tail: BlockTailTensors?

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
    let norms = model.architecture.norms
    order = model.order
    mixerResidual = try ResidualTensors(
      &tensors, before: norms.beforeMixer, behind: norms.behindMixer, model)
    switch layer.mixer {
    case .attention(let attention):
      mixer = try AttentionTensors(&tensors, attention, of: model)
    case .gatedDeltaNet(let net):
      mixer = try GatedDeltaTensors(&tensors, net, of: model)
    case .latentAttention(let attention):
      mixer = try LatentAttentionTensors(&tensors, attention, of: model)
    }
    // Experts beside a network have norms of their own in front.
    let isNormed = order == .parallel || NetworkBesideExpertsTensors.stand(in: tensors)
    feedForwardResidual = try ResidualTensors(
      &tensors, before: isNormed ? nil : norms.beforeFeedForward,
      behind: norms.behindFeedForward, model)
    feedForward = try FeedForwardTensors(&tensors, layer.feedForward, of: model)
    tail = try BlockTailTensors(&tensors, layer, of: model)
  }

  /// How tokens are sent to experts; nil in layers without them.
  var routing: RoutingTensors? { feedForward.routing }

  /// All linear layers.
  var projections: [ProjectionTensors] {
    mixer.projections + feedForward.projections + (tail?.projections ?? [])
  }

  /// The places where linear layers read features, each once.
  var secondMomentSites: [SecondMomentSite] {
    mixer.projections.map { SecondMomentSite(of: [$0], slices: $0.slices) }
      + feedForward.secondMomentSites
      + (tail?.projections ?? []).map { SecondMomentSite(of: [$0]) }
  }

  /// Reads the weights, but for those of experts, which are read when tokens reach them.
  ///
  /// - Parameter rotations: the rotary embeddings of all layers, for as many positions as will be met.
  func load(
    _ rotations: Rotations, from loader: WeightLoader, on workers: Workers
  ) throws -> Block {
    Block(
      order: order, mixer: try mixer.load(rotations, from: loader, on: workers),
      mixerResidual: try mixerResidual.load(from: loader),
      feedForward: try feedForward.load(from: loader, on: workers),
      feedForwardResidual: try feedForwardResidual.load(from: loader),
      tail: try tail?.load(from: loader, on: workers))
  }
}

/// Where a model keeps what joins one half of a layer to its input.
private struct ResidualTensors: Sendable {
  private let before: NormTensors?
  private let behind: NormTensors?
  private let scale: Float

  /// Finds the norms of these names. That behind the half may be there; that in front of it may be missing only
  /// where one is behind.
  init(
    _ tensors: inout LayerTensors, before: String?, behind: String?, _ parameters: Hyperparameters
  ) throws(NetworkError.Problem) {
    self.behind =
      if let behind, tensors.has("\(behind).weight") {
        try NormTensors(&tensors, behind, of: parameters)
      } else { nil }
    // A half without any norm is no half of a model that is known.
    self.before =
      if let before, self.behind == nil || tensors.has("\(before).weight") {
        try NormTensors(&tensors, before, of: parameters)
      } else { nil }
    scale = parameters.residualScale
  }

  func load(from loader: WeightLoader) throws -> Residual {
    Residual(
      before: try before?.load(from: loader), behind: try behind?.load(from: loader), scale: scale)
  }
}
