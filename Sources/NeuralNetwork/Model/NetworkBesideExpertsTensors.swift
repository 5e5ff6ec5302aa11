import GGUF
import Statistics
import Threads

/// Where a model keeps the weights of a gated network and of experts beside it, and their norms (Gemma 4's 26B-A4B;
/// ik_llama.cpp 8337e4cd, `build_gemma4`).
struct NetworkBesideExpertsTensors: Sendable {
  private let network: GatedTensors
  private let networkNorms: Norms
  private let experts: ExpertTensors
  private let expertNorms: Norms
  /// What the router's features are weighed by behind a norm, times the square root of their number.
  private let routerScale: TensorDescriptor
  private let epsilon: Float

  private struct Norms {
    let before: TensorDescriptor
    let behind: TensorDescriptor
  }

  /// Whether a layer has such tensors.
  static func stand(in tensors: LayerTensors) -> Bool { tensors.has("pre_ffw_norm_2.weight") }

  /// Finds the tensors.
  ///
  /// - Parameter model: the constants of the whole model.
  init(
    _ tensors: inout LayerTensors, _ parameters: FeedForwardParameters, of model: Hyperparameters
  ) throws(NetworkError.Problem) {
    let shape = [model.width]
    networkNorms = Norms(
      before: try tensors.take("ffn_norm.weight", shape: shape),
      behind: try tensors.take("post_ffw_norm_1.weight", shape: shape))
    network = try GatedTensors(&tensors, suffix: "", parameters, of: model)
    expertNorms = Norms(
      before: try tensors.take("pre_ffw_norm_2.weight", shape: shape),
      behind: try tensors.take("post_ffw_norm_2.weight", shape: shape))
    experts = try ExpertTensors(&tensors, parameters, of: model)
    routerScale = try tensors.take("ffn_gate_inp.scale", shape: shape)
    epsilon = model.epsilon
  }

  /// How tokens are sent to the experts.
  var routing: RoutingTensors { experts.routing }

  /// All linear layers.
  var projections: [ProjectionTensors] { network.projections + experts.projections }

  /// The places where linear layers read features, each once.
  var secondMomentSites: [SecondMomentSite] {
    network.projections.map { SecondMomentSite(of: [$0]) } + experts.separateSecondMomentSites
  }

  /// Reads the weights, but for those of experts.
  func load(from loader: WeightLoader, on workers: Workers) throws -> NetworkBesideExperts {
    let scale = try loader.vector(routerScale)
    let factor = 1 / Float(scale.count).squareRoot()
    return NetworkBesideExperts(
      network: try network.load(from: loader, on: workers),
      networkNorms: try load(networkNorms, from: loader),
      experts: try experts.load(from: loader, on: workers),
      expertNorms: try load(expertNorms, from: loader),
      routerNorm: RootMeanSquareNorm(weights: scale.map { factor * $0 }, epsilon: epsilon))
  }

  private func load(
    _ norms: Norms, from loader: WeightLoader
  ) throws -> NetworkBesideExperts.Norms {
    NetworkBesideExperts.Norms(
      before: try loader.norm(norms.before, epsilon: epsilon),
      behind: try loader.norm(norms.behind, epsilon: epsilon))
  }
}
