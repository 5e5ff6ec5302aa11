import Foundation
import GGUF
import LinearAlgebra
import NeuralNetwork
import Statistics
import Testing
import TestSupport

/// The model that the repository carries, run over the text of its statistics.
@Suite struct FolioNetworkTests {
  @Test("one pass finds the statistics that another program computed", .thorough)
  func statistics() throws {
    let model = try ModelFile(path: Folio.model)
    let reference = try StatisticsFile.read(path: Folio.statistics)
    let sequences = try numbers("Tokens/folio-calibration.txt", Int32.self)
    let network = try Network(model, threads: 2)
    var sums = CalibrationSums()
    for start in stride(from: 0, to: sequences.count, by: 16) {
      let range = start..<min(start + 16, sequences.count)
      sums.merge(
        try network.calibrate(
          range.map { CalibrationSequence(tokens: sequences[$0], seed: UInt64($0)) }))
    }
    let inputs = sums.inputsByWeight
    #expect(inputs.count == 43)
    for (name, input) in inputs {
      let tensor = try #require(model[name])
      let expected = try #require(try reference.of(tensor))
      #expect(input.tokens == [32_512])
      let importance = try #require(expected.importance)
      let largest = Double(try #require(importance.max()))
      for (square, h) in zip(input.squares, importance) {
        #expect(abs(square / 32_512 - Double(h)) <= 1e-5 * largest)
      }
      // The labels are sampled, here once and there eight times: a few per cent of single rows, and
      // less of their sum, where gradients of one sequence move together.
      let rows = try #require(expected.rowSensitivity)
      let sensitivity = rows.map(Double.init)
      let found = try #require(sums.gradientSquares[name]).map { $0 / 32_512 }
      let ratio = found.reduce(0, +) / sensitivity.reduce(0, +)
      #expect(abs(ratio - 1) < 0.08)
      let errors = zip(found, sensitivity).map { abs($0 / $1 - 1) }.sorted()
      #expect(errors[errors.count / 2] < 0.15)
    }
    let lookup = try #require(sums.lookups["token_embd.weight"])
    let table = try #require(model["token_embd.weight"])
    let expected = try #require(try reference.of(table))
    let shares = try #require(expected.lookupShare)
    #expect(zip(lookup.tokens, shares).allSatisfy { abs($0 / 32_512 - Double($1)) < 1e-8 })
    let columns = try #require(expected.lookupSensitivity)
    let sensitivity = columns.reduce(0) { $0 + Double($1) }
    #expect(abs(lookup.gradientSquares.reduce(0, +) / 32_512 / sensitivity - 1) < 0.05)
  }

  /// `llama-perplexity -c 256 --chunks 16` counts the second half of each sequence.
  @Test("perplexity is that of llama-perplexity")
  func perplexity() throws {
    let sequences = try numbers("Tokens/folio-evaluation.txt", Int32.self)
    let network = try Network(ModelFile(path: Folio.model), threads: 2)
    let logits = try network.logits(of: sequences)
    var (loss, count) = (0.0, 0.0)
    for (number, sequence) in sequences.enumerated() {
      for position in 128..<255 {
        let row = logits[256 * number + position].map(Double.init)
        let largest = try #require(row.max())
        let sum = row.reduce(0) { $0 + exp($1 - largest) }
        loss += largest + log(sum) - row[Int(sequence[position + 1])]
        count += 1
      }
    }
    #expect(abs(exp(loss / count) / 19.6836 - 1) < 0.001)
  }

  @Test("threads change nothing, and batches next to nothing")
  func determinism() throws {
    let model = try ModelFile(path: Folio.model)
    let sequences = try numbers("Tokens/folio-evaluation.txt", Int32.self).prefix(3).enumerated()
      .map { CalibrationSequence(tokens: $1, seed: UInt64($0)) }
    let together = try Network(model, threads: 1).calibrate(sequences)
    let threaded = try Network(model, threads: 3).calibrate(sequences)
    #expect(together == threaded)
    var apart = CalibrationSums()
    for sequence in sequences {
      apart.merge(try Network(model, threads: 1).calibrate([sequence]))
    }
    #expect(together.inputs.mapValues(\.tokens) == apart.inputs.mapValues(\.tokens))
    for (name, squares) in together.gradientSquares {
      let others = try #require(apart.gradientSquares[name])
      let largest = try #require(squares.max())
      #expect(zip(squares, others).allSatisfy { abs($0 - $1) < 1e-3 * largest })
    }
  }

  @Test(
    "products of rounded numbers find nearly the same", arguments: [Arithmetic.blockFloat, .bfloat])
  func rounding(arithmetic: Arithmetic) throws {
    let model = try ModelFile(path: Folio.model)
    let sequences = try numbers("Tokens/folio-evaluation.txt", Int32.self).prefix(8).enumerated()
      .map { CalibrationSequence(tokens: $1, seed: UInt64($0)) }
    let exact = try Network(model, threads: 2).calibrate(sequences)
    let rounded = try Network(model, arithmetic: arithmetic, threads: 2).calibrate(sequences)
    for (name, input) in exact.inputs {
      let other = try #require(rounded.inputs[name])
      #expect(input.squares != other.squares || name.hasPrefix("blk.0.attn_"))
      let largest = try #require(input.squares.max())
      #expect(zip(input.squares, other.squares).allSatisfy { abs($0 - $1) < 1e-3 * largest })
    }
    for (name, squares) in exact.gradientSquares {
      // Here and there another label is drawn.
      let others = try #require(rounded.gradientSquares[name])
      let (sum, other) = (squares.reduce(0, +), others.reduce(0, +))
      #expect(abs(sum / other - 1) < 0.1)
    }
  }

  @Test("products in block floating point cost less than a millionth of a nat")
  func divergence() throws {
    let model = try ModelFile(path: Folio.model)
    let sequences = try numbers("Tokens/folio-evaluation.txt", Int32.self)
    let pair = NetworkPair(
      base: try Network(model, threads: 2),
      quantized: try Network(model, arithmetic: .blockFloat, threads: 2))
    let mean = Divergence(try pair.divergences(over: Array(sequences.prefix(8)))).mean.value
    #expect(mean > 0 && mean < 1e-6)
  }

  @Test("an error of the observer ends the work")
  func interruption() throws {
    struct Stop: Error {}
    let network = try Network(ModelFile(path: Folio.model), threads: 1)
    var steps: [Int] = []
    #expect(throws: Stop.self) {
      _ = try network.calibrate([CalibrationSequence(tokens: [1, 2, 3], seed: 0)]) { done, total in
        #expect(total == 13)
        steps.append(done)
        if done == 9 { throw Stop() }
      }
    }
    #expect(steps == Array(1...9))
  }
}
