import GGUF
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

@Suite("Two networks side by side") struct NetworkPairTests {
  /// Sequences of unequal lengths.
  private static let sequences = [24, 4, 17, 9].map { Array(TestNetwork.tokens.prefix($0)) }

  @Test(
    "each token of second halves is compared, as the networks alone give its logits",
    arguments: TestNetwork.all.filter { ["llama", "qwen3moe"].contains($0.name) })
  func comparison(network: TestNetwork) throws {
    try withModel(network.fixture) { model in
      let base = try Network(model, threads: 2)
      let coarse = try Network(model, weights: CoarseWeights(model: model), threads: 2)
      let found = try NetworkPair(base: base, quantized: coarse)
        .divergences(over: Self.sequences)
      var expected: [ReferenceDivergence] = []
      for sequence in Self.sequences {
        let (p, q) = (try base.logits(of: [sequence]), try coarse.logits(of: [sequence]))
        for position in sequence.count / 2..<sequence.count - 1 {
          expected.append(
            ReferenceDivergence(
              base: p[position], quantized: q[position], next: Int(sequence[position + 1])))
        }
      }
      #expect(found.count == expected.count)
      for (token, reference) in zip(found, expected) {
        #expect(abs(token.kld - reference.kld) <= 1e-4 * reference.kld + 1e-7)
        #expect(abs(token.surprise - reference.surprise) < 1e-4)
        #expect(abs(token.baseSurprise - reference.baseSurprise) < 1e-4)
      }
      #expect(Divergence(found).mean.value > 1e-6)
    }
  }

  @Test(
    "every network computes in block floating point what it computes in floats, nearly",
    arguments: TestNetwork.all)
  func rounding(network: TestNetwork) throws {
    try withModel(network.fixture) { model in
      let pair = NetworkPair(
        base: try Network(model, threads: 2),
        quantized: try Network(model, arithmetic: .blockFloat, threads: 2))
      let mean = Divergence(try pair.divergences(over: Self.sequences)).mean.value
      #expect(mean > 0)
      #expect(mean < 1e-4)
    }
  }

  @Test("a network does not diverge from itself")
  func itself() throws {
    try withNetwork(TestNetwork.all[0].fixture) { network in
      let found = Divergence(
        try NetworkPair(base: network, quantized: network).divergences(over: Self.sequences))
      #expect(found.maximum == 0 && found.sameTop == Estimate(1, error: 0))
      #expect(found.perplexity == found.basePerplexity)
    }
  }

  @Test("many sequences diverge as each of them alone, and progress reaches its end")
  func batches() throws {
    try withModel(TestNetwork.all[0].fixture) { model in
      let pair = NetworkPair(
        base: try Network(model, threads: 2),
        quantized: try Network(model, weights: CoarseWeights(model: model), threads: 2))
      let many = Array(repeating: Self.sequences[0], count: 100)
      var last = (done: 0, total: 0)
      let found = try pair.divergences(over: many) { done, total in
        #expect(done == last.done + 1)
        last = (done, total)
      }
      #expect(last.done == last.total && last.total == 2 * 2 * 2)
      let alone = try pair.divergences(over: [Self.sequences[0]])
      #expect(found.count == 100 * alone.count)
      for (number, token) in found.enumerated() {
        #expect(abs(token.kld - alone[number % alone.count].kld) < 1e-6)
      }
    }
  }

  @Test("logits that are not finite are an error that names the model")
  func overflow() throws {
    try withModel(TestNetwork.all[0].fixture) { model in
      let network = try Network(model, threads: 2)
      let large = try Network(model, weights: LargeWeights(model: model), threads: 2)
      let error = #expect(throws: NonFiniteLogits.self) {
        try NetworkPair(base: network, quantized: large).divergences(over: Self.sequences)
      }
      #expect("\(try #require(error))".contains(model.path.escaped))
    }
  }
}
