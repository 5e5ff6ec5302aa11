import GGUF
import Threads

/// Where a model keeps the weights of a projection.
struct ProjectionTensors: Sendable {
  fileprivate struct Part {
    let weight: TensorDescriptor
    let bias: TensorDescriptor?
    let columns: Range<Int>
  }

  private let parts: [Part]

  /// The weights, in the order of their outputs.
  var weights: [TensorDescriptor] { parts.map(\.weight) }

  /// Experts that have weights of their own; 1 without experts.
  var slices: Int { parts[0].weight.slices }

  /// The weights of one expert, or of all tokens.
  func load(
    slice: Int = 0, from loader: WeightLoader, on workers: Workers
  ) throws -> Projection {
    Projection(
      parts: try parts.map { part in
        Projection.Part(
          name: part.weight.name, slice: slice,
          weight: try loader.weight(part.weight, slice: slice, on: workers),
          activations: loader.activations(of: part.weight),
          bias: try part.bias.map { try loader.vector($0, row: slice) }, columns: part.columns)
      }, observer: loader.observer)
  }
}

extension ProjectionTensors {
  /// Finds the tensors `NAME.weight` of these names and outputs, and their biases `NAME.bias` if there
  /// are any: of experts a row for each.
  init(
    _ tensors: inout LayerTensors, _ outputs: KeyValuePairs<String, Int>, inputs: Int,
    experts: Int? = nil
  ) throws(NetworkError.Problem) {
    var parts: [Part] = []
    var start = 0
    for (name, count) in outputs {
      let shape = [inputs, count] + (experts.map { [$0] } ?? [])
      let weight = try tensors.takeWeight(name, shape: shape)
      let bias = try tensors.takeIfPresent(
        "\(name).bias", shape: [count] + (experts.map { [$0] } ?? []))
      if let bias, bias.type.rowsPerGroup > 1 { throw .type(tensor: bias.name, bias.type) }
      parts.append(Part(weight: weight, bias: bias, columns: start..<start + count))
      start += count
    }
    self.parts = parts
  }

  /// Finds the tensor `NAME.weight` of a layer that has no bias.
  init(
    _ tensors: inout LayerTensors, unbiased name: String, shape: [Int]
  ) throws(NetworkError.Problem) {
    let weight = try tensors.takeWeight(name, shape: shape)
    parts = [Part(weight: weight, bias: nil, columns: 0..<shape[1])]
  }

  /// The table of embeddings as output head.
  init(tied embeddings: TensorDescriptor) {
    parts = [Part(weight: embeddings, bias: nil, columns: 0..<embeddings.rows)]
  }
}

extension LayerTensors {
  /// The tensor `NAME.weight`, whose slices can be decoded one by one.
  fileprivate mutating func takeWeight(
    _ name: String, shape: [Int]
  ) throws(NetworkError.Problem) -> TensorDescriptor {
    let weight = try take("\(name).weight", shape: shape)
    guard shape[1] % weight.type.rowsPerGroup == 0 else {
      throw .type(tensor: weight.name, weight.type)
    }
    return weight
  }
}
