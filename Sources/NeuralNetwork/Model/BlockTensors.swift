import GGUF
import Threads

/// Where a model keeps the weights of one layer.
struct BlockTensors: Sendable {
  private let attentionNorm: TensorDescriptor
  private let attentionInput: ProjectionTensors
  private let queryNorm: TensorDescriptor?
  private let keyNorm: TensorDescriptor?
  private let attentionOutput: ProjectionTensors
  private let attentionPostNorm: TensorDescriptor?
  private let feedForwardNorm: TensorDescriptor
  private let feedForward: FeedForwardTensors
  private let feedForwardPostNorm: TensorDescriptor?

  /// Finds the tensors of a layer and checks their shapes.
  init(
    _ model: ModelFile, layer: Int, _ parameters: Hyperparameters
  ) throws(NetworkError.Problem) {
    let width = [parameters.width]
    let (queries, keys) = (
      parameters.heads * parameters.headWidth, parameters.keyHeads * parameters.headWidth
    )
    var tensors = LayerTensors(model, prefix: "blk.\(layer).")
    attentionNorm = try tensors.take("attn_norm.weight", shape: width)
    attentionInput =
      tensors.has("attn_qkv.weight")
      ? try ProjectionTensors(
        &tensors, ["attn_qkv": queries + 2 * keys], inputs: parameters.width)
      : try ProjectionTensors(
        &tensors, ["attn_q": queries, "attn_k": keys, "attn_v": keys], inputs: parameters.width)
    queryNorm = try tensors.takeIfPresent("attn_q_norm.weight", shape: [parameters.headWidth])
    keyNorm =
      queryNorm == nil
      ? nil : try tensors.take("attn_k_norm.weight", shape: [parameters.headWidth])
    attentionOutput = try ProjectionTensors(
      &tensors, ["attn_output": parameters.width], inputs: queries)
    attentionPostNorm = try tensors.takeIfPresent("post_attention_norm.weight", shape: width)
    feedForwardNorm = try tensors.take("ffn_norm.weight", shape: width)
    feedForward = try FeedForwardTensors(&tensors, parameters)
    feedForwardPostNorm = try tensors.takeIfPresent("post_ffw_norm.weight", shape: width)
    try tensors.requireNoneLeft()
  }

  /// Reads the weights, but for those of experts, which are read when tokens reach them.
  func load(
    _ parameters: Hyperparameters, rotation: RotaryEmbedding, window: Int?,
    from source: Weights, on workers: Workers
  ) throws -> Block {
    func norm(_ tensor: TensorDescriptor) throws -> RootMeanSquareNorm {
      RootMeanSquareNorm(weights: try source.vector(tensor), epsilon: parameters.epsilon)
    }
    var headNorms: (queries: RootMeanSquareNorm, keys: RootMeanSquareNorm)?
    if let queryNorm, let keyNorm { headNorms = (try norm(queryNorm), try norm(keyNorm)) }
    let scores = AttentionScores(
      heads: parameters.heads, keyHeads: parameters.keyHeads, headWidth: parameters.headWidth,
      scale: parameters.scoreScale, cap: parameters.scoreCap, window: window)
    return Block(
      attention: Attention(
        norm: try norm(attentionNorm),
        input: try attentionInput.load(from: source, on: workers), headNorms: headNorms,
        rotation: rotation, scores: scores,
        output: try attentionOutput.load(from: source, on: workers),
        postNorm: try attentionPostNorm.map(norm)),
      feedForward: FeedForward(
        norm: try norm(feedForwardNorm),
        body: try feedForward.load(parameters, from: source, on: workers),
        postNorm: try feedForwardPostNorm.map(norm)))
  }
}
