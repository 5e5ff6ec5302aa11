import GGUF
import Threads

/// Where a model keeps the weights of a layer's attention.
struct AttentionTensors: MixerTensors {
  private let parameters: AttentionParameters
  private let input: ProjectionTensors
  private let headNorms: (queries: NormTensors, keys: NormTensors)?
  private let sinks: TensorDescriptor?
  private let output: ProjectionTensors

  /// Finds the tensors of a layer and checks their shapes.
  ///
  /// - Parameter model: the constants of the whole model.
  init(
    _ tensors: inout LayerTensors, _ parameters: AttentionParameters, of model: Hyperparameters
  ) throws(NetworkError.Problem) {
    self.parameters = parameters
    let queries = parameters.heads * parameters.headWidth
    let keys = parameters.keyHeads * parameters.headWidth
    // Each head's gates stand behind its queries.
    let gated = parameters.gatesOutput ? 2 * queries : queries
    input =
      tensors.has("attn_qkv.weight")
      ? try ProjectionTensors(&tensors, ["attn_qkv": gated + 2 * keys], inputs: model.width)
      : try ProjectionTensors(
        &tensors, ["attn_q": gated, "attn_k": keys, "attn_v": keys], inputs: model.width)
    headNorms =
      tensors.has("attn_q_norm.weight")
      ? (
        queries: try NormTensors(
          &tensors, "attn_q_norm", ofHeads: parameters.heads, parameters.headWidth, of: model),
        keys: try NormTensors(
          &tensors, "attn_k_norm", ofHeads: parameters.keyHeads, parameters.headWidth, of: model)
      ) : nil
    sinks = try tensors.takeIfPresent("attn_sinks.weight", shape: [parameters.heads])
    output = try ProjectionTensors(&tensors, ["attn_output": model.width], inputs: queries)
  }

  var projections: [ProjectionTensors] { [input, output] }

  func load(
    _ rotations: Rotations, from loader: WeightLoader, on workers: Workers
  ) throws -> any Mixer {
    Attention(
      input: try input.load(from: loader, on: workers), order: order,
      headNorms: try headNorms.map {
        HeadNorms(
          queries: try $0.queries.load(from: loader), keys: try $0.keys.load(from: loader),
          place: parameters.headNormPlace)
      },
      rotation: parameters.rotation.map { rotations[$0] }, temperature: parameters.temperature,
      scores: AttentionScores(
        heads: parameters.heads, keyHeads: parameters.keyHeads, keyWidth: parameters.headWidth,
        valueWidth: parameters.headWidth, scale: parameters.scoreScale, cap: parameters.scoreCap,
        window: parameters.window, sinks: try sinks.map { try loader.vector($0) }),
      output: try output.load(from: loader, on: workers))
  }

  func makeState(sequences: Int, capacity: Int) -> any MixerState {
    KeyValueCache(sequences: sequences, capacity: capacity, width: keyValueWidth)
  }

  func stateBytes(capacity: Int) -> Int {
    capacity * keyValueWidth * MemoryLayout<Float>.size
  }

  /// Where queries and gates stand in turn, they come apart, the gates behind everything else.
  private var order: ColumnOrder? {
    guard parameters.gatesOutput else { return nil }
    let (heads, width) = (parameters.heads, parameters.headWidth)
    let parts = ColumnOrder.runs(partingHeads: heads, into: [width, width], from: 0)
    let keyValues = 2 * heads * width..<2 * heads * width + keyValueWidth
    return ColumnOrder(parts[..<heads] + [keyValues] + parts[heads...])
  }

  /// Features of the keys and values of a token.
  private var keyValueWidth: Int { 2 * parameters.keyHeads * parameters.headWidth }
}
