import Codecs
import GGUF
import LinearAlgebra
import Statistics
import Threads

/// Where a model keeps the weights of a layer's latent attention.
///
/// The expansion of latents is in `attn_kv_b`, or, as llama.cpp writes it since it absorbs, in `attn_k_b` and
/// `attn_v_b` with a slice for each head, the first transposed. Files for ik_llama.cpp have both; there `attn_kv_b` is
/// what is run, and the others are copies.
struct LatentAttentionTensors: MixerTensors {
  private let parameters: LatentParameters
  private let input: ProjectionTensors
  private let queryExpansion: (norm: NormTensors, projection: ProjectionTensors)?
  private let latentNorm: NormTensors
  private let expansion: Expansion
  private let output: ProjectionTensors

  /// Where the expansion of latents is.
  private enum Expansion {
    case whole(ProjectionTensors)
    case absorbed(keys: ProjectionTensors, values: ProjectionTensors)

    var projections: [ProjectionTensors] {
      switch self {
      case .whole(let tensor): [tensor]
      case .absorbed(let keys, let values): [keys, values]
      }
    }
  }

  /// Finds the tensors of a layer and checks their shapes.
  ///
  /// - Parameter model: the constants of the whole model.
  init(
    _ tensors: inout LayerTensors, _ parameters: LatentParameters, of model: Hyperparameters
  ) throws(NetworkError.Problem) {
    self.parameters = parameters
    let widths = parameters.widths
    let queries = widths.heads * widths.key
    if tensors.has("attn_q_a.weight") {
      let rank = try tensors.dimension(1, of: "attn_q_a.weight")
      input = try ProjectionTensors(
        &tensors, ["attn_q_a": rank, "attn_kv_a_mqa": widths.latent], inputs: model.width)
      queryExpansion = (
        norm: try NormTensors(&tensors, "attn_q_a_norm", ofHeads: 1, rank, of: model),
        projection: try ProjectionTensors(&tensors, ["attn_q_b": queries], inputs: rank)
      )
    } else {
      input = try ProjectionTensors(
        &tensors, ["attn_q": queries, "attn_kv_a_mqa": widths.latent], inputs: model.width)
      queryExpansion = nil
    }
    latentNorm = try NormTensors(
      &tensors, "attn_kv_a_norm", ofHeads: 1, widths.rank, of: model)
    let (keys, values) = ([widths.plain, widths.rank], [widths.rank, widths.value])
    if tensors.has("attn_kv_b.weight") {
      expansion = .whole(
        try ProjectionTensors(
          &tensors, unbiased: "attn_kv_b", shape: [widths.rank, widths.expanded]))
      try tensors.takeCopy("attn_k_b.weight", shape: keys, slices: widths.heads)
      try tensors.takeCopy("attn_v_b.weight", shape: values, slices: widths.heads)
    } else {
      expansion = .absorbed(
        keys: try ProjectionTensors(&tensors, unbiased: "attn_k_b", shape: keys + [widths.heads]),
        values: try ProjectionTensors(
          &tensors, unbiased: "attn_v_b", shape: values + [widths.heads]))
    }
    output = try ProjectionTensors(
      &tensors, ["attn_output": model.width], inputs: widths.heads * widths.value)
  }

  var projections: [ProjectionTensors] {
    [input] + (queryExpansion.map { [$0.projection] } ?? []) + expansion.projections + [output]
  }

  func load(
    _ rotations: Rotations, from loader: WeightLoader, on workers: Workers
  ) throws -> any Mixer {
    let widths = parameters.widths
    return LatentAttention(
      input: try input.load(from: loader, on: workers),
      queryExpansion: try queryExpansion.map {
        LatentAttention.QueryExpansion(
          norm: try $0.norm.load(from: loader),
          projection: try $0.projection.load(from: loader, on: workers))
      },
      latentNorm: try latentNorm.load(from: loader),
      expansion: try loadExpansion(from: loader, on: workers),
      rotation: rotations[parameters.rotation],
      scores: AttentionScores(
        heads: widths.heads, keyHeads: widths.heads, keyWidth: widths.key,
        valueWidth: widths.value, scale: parameters.scoreScale, cap: nil, reach: .everything,
        sinks: nil),
      output: try output.load(from: loader, on: workers))
  }

  private func loadExpansion(
    from loader: WeightLoader, on workers: Workers
  ) throws -> LatentExpansion {
    switch expansion {
    case .whole(let tensors):
      let tensor = tensors.weights[0]
      return LatentExpansion(
        widths: parameters.widths, tensors: .whole(tensor.name),
        weight: try loader.divisibleWeight(tensor, on: workers),
        activations: loader.activations(of: tensor), observer: loader.observer)
    case .absorbed(let keys, let values):
      let (keys, values) = (keys.weights[0], values.weights[0])
      return LatentExpansion(
        widths: parameters.widths, tensors: .absorbed(keys: keys.name, values: values.name),
        weight: try loader.divisibleWeight(assembledInPlaceOf: keys) {
          try assembled(keys: keys, values: values, from: loader, on: workers)
        },
        // What absorbed weights read, plain queries and what heads take of latents, is not made here.
        activations: .f32, observer: loader.observer)
    }
  }

  /// The weights of both tensors as those of the expansion.
  private func assembled(
    keys: TensorDescriptor, values: TensorDescriptor, from loader: WeightLoader,
    on workers: Workers
  ) throws -> Matrix {
    let widths = parameters.widths
    let weight = Matrix(rows: widths.expanded, columns: widths.rank)
    try workers.forEach(widths.heads) { head in
      let rows = widths.expanded(head)
      weight.rows(rows.key)
        .assign(transposed: try loader.matrix(keys, slice: head, on: Workers(1)))
      weight.rows(rows.value).assign(try loader.matrix(values, slice: head, on: Workers(1)))
    }
    return weight
  }

  func makeState(sequences: Int, capacity: Int) -> any MixerState {
    KeyValueCache(sequences: sequences, capacity: capacity, width: parameters.widths.latent)
  }

  func stateBytes(capacity: Int) -> Int {
    capacity * parameters.widths.latent * MemoryLayout<Float>.size
  }
}

extension LayerTensors {
  /// Passes over a tensor that repeats weights of another, if it is there: in slices, or one slice below the other
  /// in two dimensions.
  fileprivate mutating func takeCopy(
    _ name: String, shape: [Int], slices: Int
  ) throws(NetworkError.Problem) {
    guard has(name) else { return }
    let isSliced = try dimension(1, of: name) == shape[1]
    _ = try take(name, shape: isSliced ? shape + [slices] : [shape[0], shape[1] * slices])
  }
}
