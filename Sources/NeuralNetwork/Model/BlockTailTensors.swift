import GGUF
import Threads

/// Where a model keeps the weights of what a layer does behind its two halves.
struct BlockTailTensors: Sendable {
  private let branch: LayerInputBranchTensors?
  private let scale: TensorDescriptor?

  /// Finds the tensors; nil where there are none.
  init?(
    _ tensors: inout LayerTensors, _ layer: LayerParameters, of model: Hyperparameters
  ) throws(NetworkError.Problem) {
    branch =
      if let columns = layer.inputs {
        try LayerInputBranchTensors(&tensors, columns, of: model)
      } else { nil }
    scale = try tensors.takeIfPresent("layer_output_scale.weight", shape: [1])
    if branch == nil, scale == nil { return nil }
  }

  /// All linear layers.
  var projections: [ProjectionTensors] { branch.map { [$0.gate, $0.output] } ?? [] }

  /// Reads the weights.
  func load(from loader: WeightLoader, on workers: Workers) throws -> BlockTail {
    BlockTail(
      branch: try branch?.load(from: loader, on: workers),
      scale: try scale.map { try loader.vector($0)[0] } ?? 1)
  }
}

/// Where a model keeps the weights of the branch by which a layer takes up what it is given of the tokens.
private struct LayerInputBranchTensors: Sendable {
  let gate: ProjectionTensors
  let output: ProjectionTensors
  private let norm: TensorDescriptor
  private let epsilon: Float
  private let activation: Activation
  private let columns: Range<Int>

  init(
    _ tensors: inout LayerTensors, _ columns: Range<Int>, of model: Hyperparameters
  ) throws(NetworkError.Problem) {
    gate = try ProjectionTensors(&tensors, ["inp_gate": columns.count], inputs: model.width)
    output = try ProjectionTensors(&tensors, ["proj": model.width], inputs: columns.count)
    norm = try tensors.take("post_norm.weight", shape: [model.width])
    epsilon = model.epsilon
    activation = model.architecture.activation
    self.columns = columns
  }

  func load(from loader: WeightLoader, on workers: Workers) throws -> LayerInputBranch {
    LayerInputBranch(
      gate: try gate.load(from: loader, on: workers), activation: activation,
      output: try output.load(from: loader, on: workers),
      norm: try loader.norm(norm, epsilon: epsilon), columns: columns)
  }
}
