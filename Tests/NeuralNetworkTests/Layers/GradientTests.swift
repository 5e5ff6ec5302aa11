import Codecs
import Foundation
import GGUF
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport
import Threads

/// Gradients against central differences, extrapolated from two step widths.
@Suite struct GradientTests {
  @Test("layers of every architecture", arguments: TestNetwork.all + TestNetwork.imagined)
  func layers(network: TestNetwork) throws {
    try withNetwork(network.fixture, TestArchitecture.all) { runner in
      let batch = Batch([Array(TestNetwork.tokens[..<13]), Array(TestNetwork.tokens[13...])])
      let rotations = try Rotations(runner, length: batch.longest)
      // What the layers read beside the features of the layer before them.
      _ = try runner.hiddenStates(of: [batch])
      // The last two layers: one with a window and one without, where there are both kinds.
      for layer in runner.layers - 2..<runner.layers {
        try check(runner.block(layer, rotations), batch, on: runner.workers)
      }
    }
  }

  private func check(_ block: Block, _ batch: Batch, on workers: Workers) throws {
    var random = SeededGenerator(seed: 41)
    let (rows, width) = (batch.tokens.count, TestNetwork.width)
    let x = Matrix.random(rows: rows, columns: width, &random)
    let dy = Matrix.random(rows: rows, columns: width, &random)
    var sums = CalibrationSums()
    let gradient = try block.gradient(dy, at: x, in: batch, sums: &sums, on: workers)
    for _ in 0..<4 {
      let direction = Matrix.random(rows: rows, columns: width, &random)
      // So small that hardly a token changes its experts.
      let expected = try slope(width: 0x1p-11) { step in
        try block(x.moved(by: step, along: direction), in: batch, on: workers).dot(dy)
      }
      let scale = (gradient.dot(gradient) * direction.dot(direction)).squareRoot()
      #expect(abs(gradient.dot(direction) - expected) < 2e-3 * scale)
    }
  }

  @Test("the output head", arguments: ["llama", "gemma2", "granite"])
  func head(name: String) throws {
    let network = try #require(TestNetwork.all.first { $0.name == name })
    let head = try withNetwork(network.fixture) { try $0.outputHead() }
    var random = SeededGenerator(seed: 42)
    let hidden = Matrix.random(rows: 9, columns: TestNetwork.width, &random)
    let draws = (0..<9).map { _ in Double.random(in: 0..<1, using: &random) }
    let labels = zip(shares(head.logits(of: hidden)), draws).map { label($0, $1) }
    var sums = CalibrationSums()
    let gradient = head.gradient(at: hidden, draws: draws, sums: &sums)
    for _ in 0..<4 {
      let direction = Matrix.random(rows: 9, columns: TestNetwork.width, &random)
      let expected = slope { step in
        -zip(shares(head.logits(of: hidden.moved(by: step, along: direction))), labels)
          .reduce(0) { $0 + log(Double($1.0[$1.1])) }
      }
      let scale = (gradient.dot(gradient) * direction.dot(direction)).squareRoot()
      #expect(abs(gradient.dot(direction) - expected) < 1e-3 * scale)
    }
  }

  /// The whole way down to the tables: the embedding of one token at a time is moved, and the squared
  /// slopes of the sequence's loss are summed.
  @Test("the whole network, from logits to embeddings", arguments: TestNetwork.all)
  func wholeNetwork(network: TestNetwork) throws {
    let tokens: [Int32] = [3, 1, 4, 15, 9, 2]
    try withModel(network.fixture) { model in
      let runner = try Network(model, threads: 1)
      let sums = try runner.calibrate([CalibrationSequence(tokens: tokens, seed: 7)])
      var draws = SplitMix64(state: 7)
      let labels = try runner.logits(of: [tokens]).map { label(shares($0), draws.fraction()) }
      #expect(sums.lookups["token_embd.weight"] != nil)
      // The table of a draft head has gradients of the draft's.
      for (table, lookup) in sums.lookups where !table.contains(".nextn.") {
        #expect(tokens.allSatisfy { lookup.tokens[Int($0)] == 1 })
        for column in [0, 37] {
          let slopes = try tokens.map { token in
            try slope { step in
              let weights = MovedEmbedding(
                model: model, table: table, row: Int(token), column: column, step: step)
              let moved = try Network(model, weights: weights, threads: 1)
              return try zip(moved.logits(of: [tokens]), labels).reduce(0) {
                $0 - log(Double(shares($1.0)[$1.1]))
              }
            }
          }
          let expected = slopes.reduce(0) { $0 + $1 * $1 }
          #expect(abs(lookup.gradientSquares[column] - expected) < 0.02 * expected)
        }
      }
    }
  }

  private func shares(_ logits: Matrix) -> [[Float]] {
    (0..<logits.rows).map { shares(Array(logits.row($0))) }
  }

  private func shares(_ logits: [Float]) -> [Float] {
    let largest = Double(logits.max()!)
    let exponentials = logits.map { exp(Double($0) - largest) }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { Float($0 / sum) }
  }

  private func label(_ shares: [Float], _ draw: Double) -> Int {
    var shares = shares
    return shares.withUnsafeMutableBufferPointer { OutputHead.label($0, draw: draw) }
  }
}

/// A model with one weight of a table of embeddings moved.
private struct MovedEmbedding: WeightSource {
  let model: ModelFile
  let table: String
  let row: Int
  let column: Int
  let step: Float

  func read(
    _ tensor: TensorDescriptor, rows: Range<Int>, into weights: UnsafeMutableBufferPointer<Float>
  ) throws {
    try model.read(tensor, rows: rows, into: weights)
    // Only where a single row is read: a tied head keeps the weight.
    if tensor.name == table, rows == row..<row + 1 { weights[column] += step }
  }
}
