import Codecs
import Foundation
import NeuralNetwork
import Testing
import TestSupport

/// Texts that a network writes.
@Suite struct SamplingTests {
  @Test(
    "a token at a time is the whole text at once",
    arguments: TestNetwork.all + TestNetwork.imagined)
  func cache(network: TestNetwork) throws {
    // Longer texts use other rotation factors.
    let length = network.rotationFactors.count < 2 ? 20 : 16
    try withNetwork(network.fixture, TestArchitecture.all) { runner in
      let written = try runner.sample(after: [3, 9], tokens: length - 1, seed: 99)
      #expect(written[0] != written[1])
      let texts = zip([3, 9] as [Int32], written).map { [$0] + $1 }
      let logits = try runner.logits(of: texts)
      for (number, text) in texts.enumerated() {
        var draws = SplitMix64(state: 99 + UInt64(number))
        for position in 1..<length {
          var shares = logits[number * length + position - 1].map { exp($0) }
          let sum = shares.reduce(0, +)
          for token in shares.indices { shares[token] /= sum }
          let draw = draws.fraction()
          let token = shares.withUnsafeMutableBufferPointer { OutputHead.label($0, draw: draw) }
          #expect(text[position] == Int32(token))
        }
      }
    }
  }

  @Test("the seed decides") func seed() throws {
    try withNetwork(TestNetwork.all[0].fixture) { runner in
      let texts = try runner.sample(after: [1], tokens: 11, seed: 5)
      #expect(try runner.sample(after: [1], tokens: 11, seed: 5) == texts)
      #expect(try runner.sample(after: [1], tokens: 11, seed: 600) != texts)
      #expect(try runner.sample(after: [1], tokens: 0, seed: 5) == [[]])
    }
  }

  @Test("weights that are kept change nothing, however many find room")
  func keptWeights() throws {
    let network = try #require(TestNetwork.all.first { $0.experts > 0 })
    try withNetwork(network.fixture) { runner in
      let texts = try runner.sample(after: [3, 9], tokens: 12, seed: 1)
      for bytes in [0, 100_000, 1 << 30] {
        let kept = try runner.keepingWeights(atMost: bytes).sample(
          after: [3, 9], tokens: 12, seed: 1)
        #expect(kept == texts)
      }
    }
  }
}
