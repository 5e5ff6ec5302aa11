import GGUF
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

@Suite("What each tensor does by itself") struct AttributionTests {
  /// Sequences of unequal lengths.
  private static let sequences = [24, 4, 17].map { Array(TestNetwork.tokens.prefix($0)) }

  @Test(
    "is what a model diverges by that has this tensor alone of another", arguments: TestNetwork.all)
  func alone(network: TestNetwork) throws {
    try withModel(network.fixture) { model in
      let base = try Network(model, threads: 2)
      let coarse = CoarseWeights(model: model)
      let pair = NetworkPair(
        base: base, quantized: try Network(model, weights: coarse, threads: 2))
      let tensors = model.tensors.filter { $0.shape.count > 1 && pair.attributes($0) }
      #expect(tensors.count > 4)
      var last = (done: 0, total: 0)
      let found = try pair.attributions(of: tensors, over: Self.sequences) { done, total in
        #expect(done == last.done + 1)
        last = (done, total)
      }
      #expect(last.done == last.total)
      #expect(found.map(\.tensor.name) == tensors.map(\.name))
      for attribution in found {
        let alone = CoarseWeights(model: model, only: attribution.tensor.name)
        let other = try Network(model, weights: alone, threads: 2)
        let expected = Divergence(
          try NetworkPair(base: base, quantized: other).divergences(over: Self.sequences)
        ).mean
        #expect(
          abs(attribution.kld.value - expected.value) <= 1e-5 * expected.value + 1e-9,
          "\(attribution.tensor.name)")
      }
      #expect(found.contains { $0.kld.value > 1e-6 })
    }
  }

  @Test("a tensor of a layer that drafts does nothing to the next token")
  func drafts() throws {
    try withModel(TestNetwork.drafting[0].fixture) { model in
      let network = try Network(model, threads: 2)
      let pair = NetworkPair(base: network, quantized: network)
      let prefix = "blk.\(network.layers)."
      let drafting = model.tensors.filter { $0.name.hasPrefix(prefix) }
      #expect(!drafting.isEmpty && !drafting.contains(where: pair.attributes))
    }
  }
}
