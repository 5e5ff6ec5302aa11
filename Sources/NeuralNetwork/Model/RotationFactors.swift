import GGUF

/// The tensors that stretch rotary embeddings, in models that have them.
struct RotationFactors: Sendable {
  /// For texts of every length.
  let all: TensorDescriptor?
  /// For texts within and beyond the length that the model was first trained on.
  let short: TensorDescriptor?
  let long: TensorDescriptor?

  init(_ tensors: inout LayerTensors, pairs: Int) throws(NetworkError.Problem) {
    all = try tensors.takeIfPresent("rope_freqs.weight", shape: [pairs])
    short = try tensors.takeIfPresent("rope_factors_short.weight", shape: [pairs])
    long = try tensors.takeIfPresent("rope_factors_long.weight", shape: [pairs])
  }
}

/// The rotary embeddings of a model's layers, for texts up to some length.
package struct Rotations {
  /// Of layers that see everything.
  let full: RotaryEmbedding
  /// Of layers that look through a window.
  let windowed: RotaryEmbedding

  /// Those of the model for positions up to `length`.
  package init(_ network: Network, length: Int) throws {
    let parameters = network.parameters
    let constants = parameters.rotation
    let tensors = network.rotationFactors
    let factors = try
      (tensors.all ?? (length > constants.trainedLength ? tensors.long : tensors.short))
      .map { try network.weights.vector($0) }
    func table(_ constants: RotaryEmbedding.Constants) -> RotaryEmbedding {
      RotaryEmbedding(
        constants, pairing: parameters.architecture.pairing, headWidth: parameters.headWidth,
        factors: factors, length: length)
    }
    full = table(constants)
    windowed =
      parameters.architecture.windowRotationBase.map { table(constants.unscaled(base: $0)) } ?? full
  }
}
