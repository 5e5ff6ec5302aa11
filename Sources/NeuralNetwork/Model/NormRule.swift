/// What all norms of a model do.
package enum NormRule: Sendable {
  /// Features get a root mean square of 1.
  case rootMeanSquare
  /// Features get a mean of 0 and a variance of 1, and biases where a model has tensors for them.
  case layer

  /// The key of what is added under the root.
  var epsilonKey: String {
    switch self {
    case .rootMeanSquare: "attention.layer_norm_rms_epsilon"
    case .layer: "attention.layer_norm_epsilon"
    }
  }
}

/// What the norms around the halves of a block are called.
///
/// A norm in front of a half must be there where it has a name. One behind a half is used where a model has a
/// tensor for it.
package struct BlockNorms: Sendable {
  var beforeMixer: String? = "attn_norm"
  var behindMixer: String? = "post_attention_norm"
  /// Of no use where the halves are parallel: both read what is behind the norm of the mixer.
  var beforeFeedForward: String? = "ffn_norm"
  var behindFeedForward: String? = "post_ffw_norm"

  /// The names of most models.
  static let usual = BlockNorms()

  /// The norm that is called after attention, since it follows it, is that in front of the feed-forward.
  static let afterAttention = BlockNorms(
    behindMixer: nil, beforeFeedForward: "post_attention_norm")
}
