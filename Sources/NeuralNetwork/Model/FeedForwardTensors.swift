import GGUF
import Statistics
import Threads

/// Where a model keeps the weights of a layer's feed-forward.
enum FeedForwardTensors: Sendable {
  case gated(GatedTensors)
  case plain(PlainTensors)
  case experts(ExpertTensors)
  case networkBesideExperts(NetworkBesideExpertsTensors)

  /// Finds the tensors: those of experts where there is a router, and gates where there are tensors or columns
  /// for them.
  ///
  /// - Parameter model: the constants of the whole model.
  init(
    _ tensors: inout LayerTensors, _ parameters: FeedForwardParameters, of model: Hyperparameters
  ) throws(NetworkError.Problem) {
    if NetworkBesideExpertsTensors.stand(in: tensors) {
      self = .networkBesideExperts(
        try NetworkBesideExpertsTensors(&tensors, parameters, of: model))
    } else if tensors.has("ffn_gate_inp.weight") {
      self = .experts(try ExpertTensors(&tensors, parameters, of: model))
    } else if try PlainTensors.arePresent(in: tensors) {
      self = .plain(try PlainTensors(&tensors, parameters, of: model))
    } else {
      self = .gated(try GatedTensors(&tensors, suffix: "", parameters, of: model))
    }
  }

  /// How tokens are sent to experts; nil in layers without them.
  var routing: RoutingTensors? {
    switch self {
    case .gated, .plain: nil
    case .experts(let tensors): tensors.routing
    case .networkBesideExperts(let tensors): tensors.routing
    }
  }

  /// All linear layers.
  var projections: [ProjectionTensors] {
    switch self {
    case .gated(let tensors): tensors.projections
    case .plain(let tensors): tensors.projections
    case .experts(let tensors): tensors.projections
    case .networkBesideExperts(let tensors): tensors.projections
    }
  }

  /// The places where linear layers read features, each once.
  var secondMomentSites: [SecondMomentSite] {
    switch self {
    case .experts(let tensors): tensors.secondMomentSites
    case .networkBesideExperts(let tensors): tensors.secondMomentSites
    default: projections.map { SecondMomentSite(of: [$0]) }
    }
  }

  /// Reads the weights, but for those of experts.
  func load(from loader: WeightLoader, on workers: Workers) throws -> any FeedForward {
    switch self {
    case .gated(let tensors): try tensors.load(from: loader, on: workers)
    case .plain(let tensors): try tensors.load(from: loader, on: workers)
    case .experts(let tensors): try tensors.load(from: loader, on: workers)
    case .networkBesideExperts(let tensors): try tensors.load(from: loader, on: workers)
    }
  }
}

/// Where a model keeps the weights of a gated network.
struct GatedTensors: Sendable {
  fileprivate let input: ProjectionTensors
  fileprivate let activation: Activation
  fileprivate let output: ProjectionTensors

  /// Finds the tensors `ffn_gate`, `ffn_up` and `ffn_down` with this suffix; in one expert's slice after
  /// another where there is a number of experts.
  init(
    _ tensors: inout LayerTensors, suffix: String, _ parameters: FeedForwardParameters,
    of model: Hyperparameters, experts: Int? = nil
  ) throws(NetworkError.Problem) {
    let (gate, up, down) = ("ffn_gate\(suffix)", "ffn_up\(suffix)", "ffn_down\(suffix)")
    let fused = "ffn_gate_up\(suffix)"
    let hidden = try tensors.dimension(0, of: "\(down).weight")
    // Fused tensors, and the up projection of a dense layer without gates of its own, have them in front.
    input =
      if tensors.has("\(fused).weight") {
        try ProjectionTensors(
          &tensors, [fused: 2 * hidden], inputs: model.width, experts: experts)
      } else if experts != nil || tensors.has("\(gate).weight") {
        try ProjectionTensors(
          &tensors, [gate: hidden, up: hidden], inputs: model.width, experts: experts)
      } else {
        try ProjectionTensors(&tensors, [up: 2 * hidden], inputs: model.width)
      }
    activation = parameters.activation
    output = try ProjectionTensors(
      &tensors, [down: model.width], inputs: hidden, experts: experts)
  }

  /// Both linear layers.
  var projections: [ProjectionTensors] { [input, output] }

  /// Reads the weights, those of one expert where there are experts.
  func load(
    expert: Int = 0, from loader: WeightLoader, on workers: Workers
  ) throws -> GatedNetwork {
    GatedNetwork(
      input: try input.load(slice: expert, from: loader, on: workers), activation: activation,
      output: try output.load(slice: expert, from: loader, on: workers))
  }
}

/// Where a model keeps the weights of a network without gates.
struct PlainTensors: Sendable {
  private let input: ProjectionTensors
  private let activation: Activation
  private let output: ProjectionTensors

  /// Whether a layer has no gates, neither of their own nor in front of what the up projection gives.
  static func arePresent(in tensors: LayerTensors) throws(NetworkError.Problem) -> Bool {
    if tensors.has("ffn_gate.weight") { return false }
    let outputs = try tensors.dimension(1, of: "ffn_up.weight")
    return try tensors.dimension(0, of: "ffn_down.weight") == outputs
  }

  /// Finds the tensors `ffn_up` and `ffn_down`.
  init(
    _ tensors: inout LayerTensors, _ parameters: FeedForwardParameters, of model: Hyperparameters
  ) throws(NetworkError.Problem) {
    let hidden = try tensors.dimension(0, of: "ffn_down.weight")
    input = try ProjectionTensors(&tensors, ["ffn_up": hidden], inputs: model.width)
    activation = parameters.activation
    output = try ProjectionTensors(&tensors, ["ffn_down": model.width], inputs: hidden)
  }

  /// Both linear layers.
  var projections: [ProjectionTensors] { [input, output] }

  /// Reads the weights.
  func load(from loader: WeightLoader, on workers: Workers) throws -> PlainNetwork {
    PlainNetwork(
      input: try input.load(from: loader, on: workers), activation: activation,
      output: try output.load(from: loader, on: workers))
  }
}

/// Where a model keeps the router of a layer, and how it chooses.
struct RoutingTensors: Sendable {
  let router: ProjectionTensors
  let bias: TensorDescriptor?
  let policy: RoutingPolicy
  /// How many experts a token is sent to.
  let used: Int
}

/// Where a model keeps the weights of a layer's experts and their router.
struct ExpertTensors: Sendable {
  /// How many experts there are.
  let count: Int
  private let router: ProjectionTensors
  private let selectionBias: TensorDescriptor?
  private let outputScales: TensorDescriptor?
  private let experts: GatedTensors
  private let shared: SharedExpertTensors?
  private let policy: RoutingPolicy
  private let used: Int

  /// Finds the tensors.
  ///
  /// - Parameter model: the constants of the whole model.
  init(
    _ tensors: inout LayerTensors, _ parameters: FeedForwardParameters, of model: Hyperparameters
  ) throws(NetworkError.Problem) {
    count = try tensors.dimension(2, of: "ffn_down_exps.weight")
    used = parameters.usedExperts
    policy = parameters.routing
    guard policy.canChoose(used, of: count) else {
      throw .value(key: "\(model.architecture.name).expert_used_count", "\(used)")
    }
    router = try ProjectionTensors(&tensors, ["ffn_gate_inp": count], inputs: model.width)
    selectionBias = try tensors.takeIfPresent("exp_probs_b.bias", shape: [count])
    // A share of the input is no factor of the output.
    outputScales =
      policy.weighs == .outputs
      ? try tensors.takeIfPresent("ffn_down_exps.scale", shape: [count]) : nil
    experts = try GatedTensors(
      &tensors, suffix: "_exps", parameters, of: model, experts: count)
    shared =
      tensors.has("ffn_down_shexp.weight")
      ? try SharedExpertTensors(&tensors, parameters, of: model) : nil
  }

  /// All linear layers, the router among them.
  var projections: [ProjectionTensors] {
    [router] + experts.projections + (shared?.network.projections ?? [])
  }

  /// The places where linear layers read features, each once.
  ///
  /// Each token visits the same number of experts. So the second moment over all visits is that over all tokens, which
  /// the router and the shared expert read, unless experts read tokens times their shares.
  var secondMomentSites: [SecondMomentSite] {
    policy.weighs == .inputs ? separateSecondMomentSites : sites(router: [router, experts.input])
  }

  /// The places where linear layers read features where the router reads something else than the experts.
  var separateSecondMomentSites: [SecondMomentSite] {
    sites(router: [router], experts: [SecondMomentSite(of: [experts.input])])
  }

  /// - Parameters:
  ///   - router: the layers that read what the router reads, beside the shared expert.
  ///   - experts: the place where experts read something else.
  private func sites(
    router: [ProjectionTensors], experts: [SecondMomentSite] = []
  ) -> [SecondMomentSite] {
    let shared = shared?.network
    return [SecondMomentSite(of: router + (shared.map { [$0.input] } ?? []))] + experts
      + [hiddenSite] + (shared.map { [SecondMomentSite(of: [$0.output])] } ?? [])
  }

  /// Where each expert reads its hidden features.
  private var hiddenSite: SecondMomentSite {
    SecondMomentSite(of: [experts.output], slices: count)
  }

  /// The layer whose outputs send tokens to experts, and what they are compared by.
  var routing: RoutingTensors {
    RoutingTensors(router: router, bias: selectionBias, policy: policy, used: used)
  }

  /// Reads the weights of the router and of the shared expert.
  func load(from loader: WeightLoader, on workers: Workers) throws -> Experts {
    Experts(
      router: try router.load(from: loader, on: workers), policy: policy,
      selectionBias: try selectionBias.map { try loader.vector($0) },
      outputScales: try outputScales.map { try loader.vector($0) }, tensors: self, used: used,
      shared: try shared?.load(from: loader, on: workers),
      spread: loader.routerSpreads[router.weights[0].name], loader: loader)
  }

  /// Reads the weights of one expert.
  func load(
    _ expert: Int, from loader: WeightLoader, on workers: Workers
  ) throws -> GatedNetwork {
    try experts.load(expert: expert, from: loader, on: workers)
  }
}

/// Where a model keeps the weights of the expert that all tokens share.
private struct SharedExpertTensors: Sendable {
  let network: GatedTensors
  private let gate: TensorDescriptor?

  /// Finds the tensors.
  ///
  /// - Parameter model: the constants of the whole model.
  init(
    _ tensors: inout LayerTensors, _ parameters: FeedForwardParameters, of model: Hyperparameters
  ) throws(NetworkError.Problem) {
    network = try GatedTensors(&tensors, suffix: "_shexp", parameters, of: model)
    gate = try tensors.takeIfPresent("ffn_gate_inp_shexp.weight", shape: [model.width])
  }

  /// Reads the weights.
  func load(from loader: WeightLoader, on workers: Workers) throws -> SharedExpert {
    SharedExpert(
      network: try network.load(from: loader, on: workers),
      gate: try gate.map { try loader.vector($0) })
  }
}
