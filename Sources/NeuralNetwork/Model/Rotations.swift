import GGUF

/// The rotary embeddings of a model's layers, for texts up to some length.
package struct Rotations {
  private let tables: [RotaryEmbedding.Constants: RotaryEmbedding]

  /// The embeddings of all layers of a network, for positions up to `length`.
  package init(_ network: Network, length: Int) throws {
    let tensors = network.rotationFactors
    let isLong = length > network.parameters.rotation.trainedLength
    let factors = try (tensors.all ?? (isLong ? tensors.long : tensors.short))
      .map { try network.loader.vector($0) }
    var tables: [RotaryEmbedding.Constants: RotaryEmbedding] = [:]
    for layer in network.parameters.allLayers {
      guard let rotation = layer.mixer.rotation, tables[rotation] == nil else { continue }
      tables[rotation] = RotaryEmbedding(
        rotation, factors: rotation.isStretched ? factors : nil, length: length)
    }
    self.tables = tables
  }

  /// The embedding of layers with these constants.
  subscript(constants: RotaryEmbedding.Constants) -> RotaryEmbedding {
    guard let table = tables[constants] else { preconditionFailure("a rotation of no layer") }
    return table
  }
}

/// The tensors that stretch rotary embeddings, in models that have them.
struct RotationFactors: Sendable {
  /// For texts of every length.
  let all: TensorDescriptor?
  /// For texts within the length that the model was first trained on.
  let short: TensorDescriptor?
  /// For texts beyond it.
  let long: TensorDescriptor?

  init(_ tensors: inout LayerTensors, pairs: Int) throws(NetworkError.Problem) {
    all = try tensors.takeIfPresent("rope_freqs.weight", shape: [pairs])
    short = try tensors.takeIfPresent("rope_factors_short.weight", shape: [pairs])
    long = try tensors.takeIfPresent("rope_factors_long.weight", shape: [pairs])
  }
}
