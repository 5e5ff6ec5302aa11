import Codecs
import Foundation
import LinearAlgebra
import NeuralNetwork
import TestSupport
import Testing

/// Linear attention over texts that are longer than what is worked on at a time.
@Suite("Gated delta nets over many tokens") struct GatedDeltaNetTests {
  /// Two texts of a few chunks, the last of which are not full.
  private static let texts = [150, 67].map { length in
    (0..<length).map { Int32(($0 * $0 * 11 + 5 * $0 + 3) % TestNetwork.vocabulary) }
  }

  /// Networks without experts, of which a token may change at any step.
  private static let networks = (TestNetwork.all + TestNetwork.imagined).filter {
    ["qwen3next-dense", "qwen35"].contains($0.name)
  }

  @Test("a text has the same logits to its end as up to any token", arguments: networks)
  func causality(network: TestNetwork) throws {
    try withNetwork(network.fixture) { runner in
      let whole = try runner.logits(of: [Self.texts[0]])
      for length in [1, 63, 64, 65, 130] {
        let part = try runner.logits(of: [Array(Self.texts[0][..<length])])
        for (a, b) in zip(whole, part) {
          #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-3 })
        }
      }
    }
  }

  @Test("tokens one by one find what chunks of them find", arguments: networks)
  func recurrence(network: TestNetwork) throws {
    try withNetwork(network.fixture) { runner in
      let written = try runner.sample(after: [3], tokens: 149, seed: 4)[0]
      let text = [3] + written
      let logits = try runner.logits(of: [text])
      // What a text goes on with depends on each of its tokens, so a wrong state would soon write another text.
      #expect(choices(of: logits, seed: 4) == Array(text.dropFirst()))
    }
  }

  @Test("the gradient is that of differences across chunks", arguments: networks)
  func gradient(network: TestNetwork) throws {
    try withNetwork(network.fixture) { runner in
      let batch = Batch(Self.texts)
      let block = try runner.block(2, Rotations(runner, length: batch.longest))
      var random = SeededGenerator(seed: 43)
      let (rows, width) = (batch.tokens.count, TestNetwork.width)
      let x = Matrix.random(rows: rows, columns: width, &random)
      let dy = Matrix.random(rows: rows, columns: width, &random)
      var sums = CalibrationSums()
      let gradient = try block.gradient(dy, at: x, in: batch, sums: &sums, on: runner.workers)
      for _ in 0..<4 {
        let direction = Matrix.random(rows: rows, columns: width, &random)
        let width: Float = 0x1p-11
        let (high, low) = try (
          block(x.moved(by: width, along: direction), in: batch, on: runner.workers).dot(dy),
          block(x.moved(by: -width, along: direction), in: batch, on: runner.workers).dot(dy)
        )
        let scale = (gradient.dot(gradient) * direction.dot(direction)).squareRoot()
        #expect(abs(gradient.dot(direction) - (high - low) / Double(2 * width)) < 2e-3 * scale)
      }
    }
  }

  /// The tokens that sampling chooses from rows of logits, but for the last row.
  private func choices(of logits: [[Float]], seed: UInt64) -> [Int32] {
    var draws = SeededGenerator(seed: seed)
    return logits.dropLast().map { row in
      let largest = row.max()!
      var shares = row.map { exp($0 - largest) }
      let sum = shares.reduce(0, +)
      for token in shares.indices { shares[token] /= sum }
      let draw = draws.fraction()
      return Int32(shares.withUnsafeMutableBufferPointer { OutputHead.label($0, draw: draw) })
    }
  }
}
