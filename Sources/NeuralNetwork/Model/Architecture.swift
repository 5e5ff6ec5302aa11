/// What the layers of one architecture do differently from the others.
///
/// All are the same network: attention and a gated feed-forward, each behind a norm and added to its
/// input. Biases, norms of queries and keys, norms behind a layer, fused weights and experts are used
/// where a model has tensors for them; what tensors do not tell is here.
struct Architecture: Sendable {
  /// As `general.architecture` gives it, and as the keys of a model begin.
  let name: String
  /// Which features a rotary embedding turns together.
  let pairing: RotaryEmbedding.Pairing
  var activation = Activation.silu
  /// Whether embeddings are multiplied by the square root of their width.
  var scalesEmbeddings = false
  /// Whether attention scores and logits are bounded.
  var hasSoftCaps = false
  var window = Window.none
  /// The base of rotations in layers with a window, unscaled; nil where all layers turn alike.
  var windowRotationBase: Double?
  /// The number of layers of the one model (the 27B of its family) whose scores are divided by the
  /// square root of width / heads instead of the heads' width.
  var scoresByWidthAt: Int?

  /// Which layers look back no further than `attention.sliding_window`.
  enum Window {
    case none
    case everyLayer
    /// Every n-th layer sees everything, the others look through the window.
    case exceptEvery(Int)
  }
}

extension Architecture {
  /// Every architecture that can be run.
  static let all = [
    // Llama, Mistral, Mixtral and many more.
    Architecture(name: "llama", pairing: .neighbours),
    Architecture(name: "qwen2", pairing: .halves),
    Architecture(name: "qwen3", pairing: .halves),
    Architecture(name: "qwen3moe", pairing: .halves),
    Architecture(name: "phi3", pairing: .halves, window: .everyLayer),
    Architecture(
      name: "gemma2", pairing: .halves, activation: .gelu, scalesEmbeddings: true,
      hasSoftCaps: true, window: .exceptEvery(2), scoresByWidthAt: 46),
    Architecture(
      name: "gemma3", pairing: .halves, activation: .gelu, scalesEmbeddings: true,
      window: .exceptEvery(6), windowRotationBase: 10_000, scoresByWidthAt: 62),
  ]

  /// Whether a layer looks through the window.
  func hasWindow(layer: Int) -> Bool {
    switch window {
    case .none: false
    case .everyLayer: true
    case .exceptEvery(let period): (layer + 1) % period != 0
    }
  }
}
