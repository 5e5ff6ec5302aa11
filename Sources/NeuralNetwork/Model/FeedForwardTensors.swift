import GGUF
import Threads

/// Where a model keeps the weights of a layer's feed-forward.
enum FeedForwardTensors: Sendable {
  case dense(input: ProjectionTensors, output: ProjectionTensors)
  case experts(router: ProjectionTensors, ExpertTensors)

  /// Finds the tensors: those of experts where there is a router.
  init(
    _ tensors: inout LayerTensors, _ parameters: Hyperparameters
  ) throws(NetworkError.Problem) {
    let width = parameters.width
    if tensors.has("ffn_gate_inp.weight") {
      let experts = try tensors.dimension(2, of: "ffn_down_exps.weight")
      let hidden = try tensors.dimension(0, of: "ffn_down_exps.weight")
      guard 1...experts ~= parameters.usedExperts else {
        throw .value(
          key: "\(parameters.architecture.name).expert_used_count", "\(parameters.usedExperts)")
      }
      self = .experts(
        router: try ProjectionTensors(&tensors, ["ffn_gate_inp": experts], inputs: width),
        ExpertTensors(
          count: experts,
          input: try ProjectionTensors(
            &tensors, ["ffn_gate_exps": hidden, "ffn_up_exps": hidden], inputs: width,
            experts: experts),
          activation: parameters.architecture.activation,
          output: try ProjectionTensors(
            &tensors, ["ffn_down_exps": width], inputs: hidden, experts: experts)))
    } else {
      let hidden = try tensors.dimension(0, of: "ffn_down.weight")
      // Without gates of its own, the up projection has them in front.
      self = .dense(
        input: tensors.has("ffn_gate.weight")
          ? try ProjectionTensors(
            &tensors, ["ffn_gate": hidden, "ffn_up": hidden], inputs: width)
          : try ProjectionTensors(&tensors, ["ffn_up": 2 * hidden], inputs: width),
        output: try ProjectionTensors(&tensors, ["ffn_down": width], inputs: hidden))
    }
  }

  /// Reads the weights, but for those of experts.
  func load(
    _ parameters: Hyperparameters, from source: Weights, on workers: Workers
  ) throws -> FeedForward.Body {
    switch self {
    case .dense(let input, let output):
      .dense(
        GatedNetwork(
          input: try input.load(from: source, on: workers),
          activation: parameters.architecture.activation,
          output: try output.load(from: source, on: workers)))
    case .experts(let router, let tensors):
      .experts(
        Experts(
          router: try router.load(from: source, on: workers), tensors: tensors,
          used: parameters.usedExperts, source: source))
    }
  }
}

/// Where a model keeps the weights of a layer's experts.
struct ExpertTensors: Sendable {
  /// How many there are.
  let count: Int
  let input: ProjectionTensors
  let activation: Activation
  let output: ProjectionTensors

  /// Reads the weights of one.
  func load(
    _ expert: Int, from source: Weights, on workers: Workers
  ) throws -> GatedNetwork {
    GatedNetwork(
      input: try input.load(slice: expert, from: source, on: workers), activation: activation,
      output: try output.load(slice: expert, from: source, on: workers))
  }
}
