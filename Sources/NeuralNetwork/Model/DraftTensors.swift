import GGUF
import Statistics
import Threads

/// Where a model keeps the weights of its draft head: in one more layer, behind its own.
///
/// The names are those of `LLM_TENSOR_NEXTN_…` in `src/llama-model.cpp` of ik_llama.cpp 8337e4cd.
struct DraftTensors: Sendable {
  /// The table of embeddings, in models where the draft has one of its own.
  let table: EmbeddingTable?
  /// The output head, in models where the draft has one of its own.
  let head: ProjectionTensors?
  private let tokenNorm: TensorDescriptor
  private let featureNorm: TensorDescriptor
  private let input: ProjectionTensors
  private let block: BlockTensors
  private let outputNorm: TensorDescriptor
  private let epsilon: Float

  /// Finds the tensors and checks their shapes.
  ///
  /// - Parameters:
  ///   - layer: the constants of the layer.
  ///   - parameters: those of the whole model, behind whose layers it stands.
  init(
    _ model: ModelFile, _ layer: LayerParameters, behind parameters: Hyperparameters,
    vocabulary: Int
  ) throws(NetworkError.Problem) {
    let width = parameters.width
    var tensors = LayerTensors(model, prefix: "blk.\(parameters.layers.count).")
    tokenNorm = try tensors.take("nextn.enorm.weight", shape: [width])
    featureNorm = try tensors.take("nextn.hnorm.weight", shape: [width])
    input = try ProjectionTensors(&tensors, ["nextn.eh_proj": width], inputs: 2 * width)
    // Ling has it under the name of a norm behind the layer.
    let norm =
      tensors.has("layer_output_norm.weight") ? "layer_output_norm" : "nextn.shared_head_norm"
    outputNorm = try tensors.take("\(norm).weight", shape: [width])
    table = try tensors.takeIfPresent("nextn.embed_tokens.weight", shape: [width, vocabulary])
      .map { EmbeddingTable(tensor: $0, scale: parameters.embeddingScale) }
    head =
      tensors.has("nextn.shared_head_head.weight")
      ? try ProjectionTensors(
        &tensors, ["nextn.shared_head_head": vocabulary], inputs: width) : nil
    block = try BlockTensors(&tensors, layer, of: parameters)
    try tensors.requireNoneLeft()
    epsilon = parameters.epsilon
  }

  /// All linear layers that are the draft's own.
  var projections: [ProjectionTensors] {
    [input] + block.projections + (head.map { [$0] } ?? [])
  }

  /// The places where linear layers read features, each once.
  var secondMomentSites: [SecondMomentSite] {
    [SecondMomentSite(of: [input])] + block.secondMomentSites
      + (head.map { [SecondMomentSite(of: [$0])] } ?? [])
  }

  /// Reads the weights, but for those of experts and of the output head.
  func load(
    _ rotations: Rotations, from loader: WeightLoader, on workers: Workers
  ) throws -> DraftHead {
    DraftHead(
      tokenNorm: try loader.norm(tokenNorm, epsilon: epsilon),
      featureNorm: try loader.norm(featureNorm, epsilon: epsilon),
      input: try input.load(from: loader, on: workers),
      block: try block.load(rotations, from: loader, on: workers),
      outputNorm: try loader.norm(outputNorm, epsilon: epsilon))
  }
}
