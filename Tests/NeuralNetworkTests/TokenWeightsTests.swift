import Foundation
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

/// How much each token counts where inputs are averaged.
@Suite("Tokens weighted by their gradient energy") struct TokenWeightsTests {
  /// What the test computes of an output head by itself, in double precision.
  struct Expected {
    /// Σ δ² of each token.
    var energies: [Double] = []
    /// Σ over tokens of δᵢ² xⱼ², `outputs × inputs`.
    var fisher: [[Double]] = []
  }

  /// Runs the output head at features of this size, whose labels are drawn with these numbers.
  func run(scale: Float, draws: [Double]) throws -> (CalibrationSums, Matrix, Expected) {
    let network = try #require(TestNetwork.all.first { $0.name == "llama" })
    let head = try withNetwork(network.fixture) { try $0.outputHead() }
    var random = SeededGenerator(seed: 43)
    let x = Matrix.random(rows: draws.count, columns: TestNetwork.width, &random)
    for row in 0..<x.rows { for column in 0..<x.columns { x.row(row)[column] *= scale } }
    var sums = CalibrationSums()
    _ = head.gradient(at: x, draws: draws, sums: &sums)

    let logits = head.logits(of: x)
    var expected = Expected()
    expected.fisher = Array(
      repeating: Array(repeating: 0, count: x.columns), count: logits.columns)
    for (row, draw) in draws.enumerated() {
      let largest = Double(logits.row(row).max()!)
      let exponentials = logits.row(row).map { exp(Double($0) - largest) }
      let sum = exponentials.reduce(0, +)
      var gradient = exponentials.map { $0 / sum }
      var shares = gradient.map(Float.init)
      let label = shares.withUnsafeMutableBufferPointer { OutputHead.label($0, draw: draw) }
      gradient[label] -= 1
      expected.energies.append(gradient.reduce(0) { $0 + $1 * $1 })
      for (i, δ) in gradient.enumerated() {
        for j in 0..<x.columns {
          expected.fisher[i][j] += δ * δ * Double(x.row(row)[j]) * Double(x.row(row)[j])
        }
      }
    }
    return (sums, x, expected)
  }

  @Test("Σ g h of a column is the sum of what each of its elements costs")
  func columnsOfTheFisherMatrix() throws {
    let draws = (0..<24).map { (Double($0) + 0.5) / 24 }
    let (sums, x, expected) = try run(scale: 1, draws: draws)
    let weighted = try #require(sums.weightedInputs["output.weight"])
    #expect(weighted.clipped == 0 && weighted.largest > 1)
    let g = try #require(sums.gradientSquares["output.weight"]).reduce(0, +)
    let plain = try #require(sums.inputs["output.weight"]).squares
    var differences = 0
    for column in 0..<x.columns {
      let exact = expected.fisher.reduce(0) { $0 + $1[column] }
      #expect(abs(g * weighted.squares[column] / weighted.weights[0] / exact - 1) < 1e-4)
      if abs(g * plain[column] / Double(x.rows) / exact - 1) > 0.01 { differences += 1 }
    }
    // The product of plain means is another figure.
    #expect(differences > x.columns / 4)
  }

  @Test("A token with nearly all of the energy counts no more than the limit, and is reported")
  func sink() throws {
    // At large features the network is certain of most labels. The last draw takes an unlikely one.
    let (sums, x, expected) = try run(
      scale: 14, draws: Array(repeating: 0.5, count: 23) + [0.999_999])
    let median = expected.energies.sorted()[12]
    let limit = Double(TokenWeights.limit)
    let largest = try #require(expected.energies.max())
    try #require(largest > 2 * limit * median)
    let shares = expected.energies.map { min($0 / median, limit) }
    let weighted = try #require(sums.weightedInputs["output.weight"])
    #expect(weighted.clipped == Double(expected.energies.count { $0 > limit * median }))
    #expect(abs(weighted.largest / (largest / median) - 1) < 1e-2)
    #expect(abs(weighted.weights[0] / (shares.reduce(0, +) * median) - 1) < 1e-2)
    for column in 0..<x.columns {
      let squares = shares.enumerated().reduce(0.0) { sum, token in
        let value = Double(x.row(token.offset)[column])
        return sum + token.element * value * value
      }
      #expect(abs(weighted.squares[column] / (squares * median) - 1) < 1e-2)
    }
    // What rows are sensitive to is not clipped.
    let g = try #require(sums.gradientSquares["output.weight"]).reduce(0, +)
    #expect(abs(g / expected.energies.reduce(0, +) - 1) < 1e-3)
  }

  @Test("Each weight has its own weights of tokens, though queries, keys and values read the same")
  func ownWeights() throws {
    let network = TestNetwork.all[0]
    let sums = try withNetwork(network.fixture) {
      try $0.calibrate([CalibrationSequence(tokens: TestNetwork.tokens, seed: 1)])
    }
    let (q, k, v) = (
      try #require(sums.weightedInputs["blk.0.attn_q.weight"]),
      try #require(sums.weightedInputs["blk.0.attn_k.weight"]),
      try #require(sums.weightedInputs["blk.0.attn_v.weight"])
    )
    #expect(q.squares != k.squares && k.squares != v.squares && q.squares != v.squares)
    #expect(q.squares.count == TestNetwork.width && q.weights.count == 1)
  }

  @Test("Every element of every weight costs what single tokens tell, experts included")
  func singleTokens() throws {
    let network = try #require(TestNetwork.all.first { $0.experts > 4 })
    let sequences = (0..<6).map { CalibrationSequence(tokens: [Int32(5 * $0 + 1)], seed: $0) }
    try withNetwork(network.fixture) { runner in
      let singles = try sequences.map { try runner.calibrate([$0]) }
      let together = try runner.calibrate(sequences)
      var checked = 0
      for (name, weighted) in together.weightedInputs where weighted.clipped == 0 {
        let slices = weighted.weights.count
        let columns = weighted.squares.count / slices
        let gradients = try #require(together.gradientSquares[name])
        let rows = gradients.count / slices
        for slice in 0..<slices where weighted.weights[slice] > 0 {
          let g = gradients[slice * rows..<(slice + 1) * rows].reduce(0, +)
          for column in slice * columns..<slice * columns + columns {
            // δ² and x² of a single token are in the sums of that token alone.
            let exact = singles.reduce(0.0) { sum, single in
              let energy = single.gradientSquares[name]![slice * rows..<(slice + 1) * rows]
              return sum + energy.reduce(0, +) * single.inputsByWeight[name]!.squares[column]
            }
            let found = g * weighted.squares[column] / weighted.weights[slice]
            #expect(abs(found - exact) <= 1e-3 * exact, "\(name)")
            checked += 1
          }
          for row in slice * rows..<slice * rows + rows {
            let exact = singles.reduce(0.0) { sum, single in
              let squares = single.inputsByWeight[name]!.squares
              let energy = squares[slice * columns..<(slice + 1) * columns].reduce(0, +)
              return sum + energy * single.gradientSquares[name]![row]
            }
            #expect(abs(weighted.rowSquares[row] - exact) <= 1e-3 * exact, "\(name)")
          }
        }
      }
      #expect(checked > 1000)
    }
  }

  @Test("Batches add up, and threads change nothing") func batches() throws {
    let network = TestNetwork.all[0].fixture
    let (a, b) = (
      CalibrationSequence(tokens: TestNetwork.tokens, seed: 1),
      CalibrationSequence(tokens: TestNetwork.tokens.reversed(), seed: 2)
    )
    try withModel(network) { model in
      let runner = try Network(model, threads: 1)
      let (first, second) = (try runner.calibrate([a]), try runner.calibrate([b]))
      var both = first
      both.merge(second)
      for (name, weighted) in both.weightedInputs {
        let (x, y) = (
          try #require(first.weightedInputs[name]), try #require(second.weightedInputs[name])
        )
        #expect(weighted.squares == zip(x.squares, y.squares).map(+))
        #expect(weighted.weights == zip(x.weights, y.weights).map(+))
        #expect(weighted.clipped == x.clipped + y.clipped)
        #expect(weighted.largest == max(x.largest, y.largest))
      }
      #expect(
        try Network(model, threads: 3).calibrate([a]).weightedInputs == first.weightedInputs)
    }
  }
}
