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
      let texts = try runner.sample(after: [3, 9], length: length, seed: 99)
      #expect(texts.map(\.first) == [3, 9])
      #expect(texts[0].dropFirst() != texts[1].dropFirst())
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
      let texts = try runner.sample(after: [1], length: 12, seed: 5)
      #expect(try runner.sample(after: [1], length: 12, seed: 5) == texts)
      #expect(try runner.sample(after: [1], length: 12, seed: 600) != texts)
      #expect(try runner.sample(after: [1], length: 1, seed: 5) == [[1]])
    }
  }
}
