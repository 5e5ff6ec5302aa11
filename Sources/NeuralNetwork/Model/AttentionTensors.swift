import GGUF
import Threads

/// Where a model keeps the weights of a layer's attention.
struct AttentionTensors: MixerTensors {
  private let parameters: AttentionParameters
  private let input: ProjectionTensors
  private let queryNorm: NormTensors?
  private let keyNorm: NormTensors?
  /// A norm without weights, for the heads that are normed so.
  private let plainNorm: RootMeanSquareNorm
  private let valuesAreKeys: Bool
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
    let ownKeys = parameters.keyValueLayer == nil
    valuesAreKeys = ownKeys && parameters.keysMayBeValues && !tensors.has("attn_v.weight")
    let parts: KeyValuePairs<String, Int> =
      if !ownKeys {
        ["attn_q": queries]
      } else if tensors.has("attn_qkv.weight") {
        ["attn_qkv": gated + 2 * keys]
      } else if valuesAreKeys {
        ["attn_q": queries, "attn_k": keys]
      } else {
        ["attn_q": gated, "attn_k": keys, "attn_v": keys]
      }
    input = try ProjectionTensors(&tensors, parts, inputs: model.width)
    let hasNorms = tensors.has("attn_q_norm.weight")
    queryNorm =
      hasNorms
      ? try NormTensors(
        &tensors, "attn_q_norm", ofHeads: parameters.heads, parameters.headWidth, of: model) : nil
    keyNorm =
      hasNorms && ownKeys
      ? try NormTensors(
        &tensors, "attn_k_norm", ofHeads: parameters.keyHeads, parameters.headWidth, of: model)
      : nil
    plainNorm = RootMeanSquareNorm(
      weights: Array(repeating: 1, count: parameters.headWidth), epsilon: model.epsilon)
    if !ownKeys {
      // Some files have what would make keys and values of its own, of which nothing is made.
      for (name, shape) in [
        ("attn_k", [model.width, keys]), ("attn_v", [model.width, keys]),
        ("attn_k_norm", [parameters.headWidth]),
      ] {
        _ = try tensors.takeIfPresent("\(name).weight", shape: shape)
      }
    }
    sinks = try tensors.takeIfPresent("attn_sinks.weight", shape: [parameters.heads])
    output = try ProjectionTensors(&tensors, ["attn_output": model.width], inputs: queries)
  }

  var projections: [ProjectionTensors] { [input, output] }

  func load(
    _ rotations: Rotations, from loader: WeightLoader, on workers: Workers
  ) throws -> any Mixer {
    let input = try input.load(from: loader, on: workers)
    let queryNorm = try queryNorm?.load(from: loader)
    let keyNorm = try keyNorm?.load(from: loader)
    let rotation = parameters.rotation.map { rotations[$0] }
    let scores = AttentionScores(
      heads: parameters.heads, keyHeads: parameters.keyHeads, keyWidth: parameters.headWidth,
      valueWidth: parameters.headWidth, scale: parameters.scoreScale, cap: parameters.scoreCap,
      reach: parameters.reach, sinks: try sinks.map { try loader.vector($0) })
    let output = try output.load(from: loader, on: workers)
    if let source = parameters.keyValueLayer {
      return SharedAttention(
        input: input, queryNorm: queryNorm, rotation: rotation, scores: scores, output: output,
        source: source)
    }
    return Attention(
      input: input, order: order,
      headNorms: (queryNorm ?? plainHeadNorm).flatMap { queries in
        (keyNorm ?? plainHeadNorm).map {
          HeadNorms(queries: queries, keys: $0, place: parameters.headNormPlace)
        }
      },
      valueNorm: parameters.normsValues ? plainNorm : nil, valuesAreKeys: valuesAreKeys,
      sharedAs: parameters.sharedAs,
      rotation: rotation, temperature: parameters.temperature, scores: scores, output: output)
  }

  private var plainHeadNorm: RootMeanSquareNorm? { parameters.normsPlainly ? plainNorm : nil }

  var stateLayer: Int? { parameters.keyValueLayer }

  func makeState(sequences: Int, capacity: Int) -> any MixerState {
    KeyValueCache(sequences: sequences, capacity: capacity, width: keyValueWidth)
  }

  func stateBytes(capacity: Int) -> Int {
    stateLayer == nil ? capacity * keyValueWidth * MemoryLayout<Float>.size : 0
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
