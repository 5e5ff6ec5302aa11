import GGUF
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

@Suite("Rounded activations") struct ActivationsTests {
  private static let sequences = [Array(TestNetwork.tokens.prefix(24))]

  private func divergence(
    _ model: ModelFile, _ activations: Activations, as type: TensorType? = nil
  ) throws -> Double {
    let weights = type.map { TypedWeights(model: model, type: $0) }
    let pair = NetworkPair(
      base: try Network(model, threads: 2),
      quantized: try Network(model, weights: weights, activations: activations, threads: 2))
    return Divergence(try pair.divergences(over: Self.sequences)).mean.value
  }

  @Test("the type of the weights decides how they are rounded", arguments: TestNetwork.all)
  func formats(network: TestNetwork) throws {
    try withModel(network.fixture) { model in
      #expect(try divergence(model, .f32) == 0)
      let half = try divergence(model, .bf16)
      #expect(half > 0)
      let eight = try divergence(model, .q8, as: .Q8_0)
      #expect(eight > 0 && eight < 0.05)
      #expect(try divergence(model, .q8, as: .BF16) == half)
      #expect(try divergence(model, .q8, as: .F32) == 0)
    }
  }
}

/// The weights of a model, said to be of some type.
private struct TypedWeights: WeightSource {
  let model: ModelFile
  let type: TensorType

  func read(
    _ tensor: TensorDescriptor, rows: Range<Int>, into weights: UnsafeMutableBufferPointer<Float>
  ) throws {
    try model.read(tensor, rows: rows, into: weights)
  }

  func type(of tensor: TensorDescriptor) -> TensorType { type }
}
