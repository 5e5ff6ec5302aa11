import Calibration
import GGUF
import NeuralNetwork
import Statistics
import Testing
import TestSupport

/// What a calibration keeps: while it runs, and in the end.
@Suite("Calibrations as files") struct CalibrationStateTests {
  let directory = TemporaryDirectory()
  let model: ModelFile
  let state: CalibrationState

  init() throws {
    let network = try #require(TestNetwork.all.first { $0.experts > 4 })
    model = try ModelFile(path: directory.write(network.fixture.bytes, to: "model.gguf"))
    let runner = try Network(model, threads: 2)
    var state = CalibrationState()
    state.texts = [[3, 1, 4, 1], [5, 9, 2, 6]]
    for (number, text) in state.texts.enumerated() {
      state.add(
        try runner.calibrate([CalibrationSequence(tokens: text, seed: UInt64(number))]))
    }
    self.state = state
  }

  var file: StatisticsWriter {
    StatisticsWriter(state.sums, datasets: ["a.txt", "b.txt"], chunkCount: 2, chunkSize: 4)
  }

  @Test("what is written is read again, and is the model's") func roundTrip() throws {
    let path = directory("statistics.gguf")
    try file.write(to: Reservation([path]))
    let statistics = try StatisticsFile.read(path: path)
    #expect(statistics.datasets == ["a.txt", "b.txt"])
    #expect(statistics.chunkCount == 2 && statistics.chunkSize == 4)
    #expect(statistics.totalTokens == 8)
    let coverage = try MatchedStatistics(statistics, with: model).coverage
    #expect(coverage.unusedEntries.isEmpty && coverage.emptyTensors.isEmpty)
    // Four tokens cannot reach all experts. Routers keep their type, and the table is looked up.
    #expect(!coverage.partialTensors.isEmpty)
    #expect(
      coverage.unmeasuredTensors.allSatisfy {
        $0.hasSuffix("ffn_gate_inp.weight") || $0 == "token_embd.weight"
      })
    for (name, input) in state.sums.inputsByWeight {
      let tensor = try #require(model[name])
      let entry = try #require(try statistics.of(tensor))
      let columns = input.squares.count / input.tokens.count
      for (index, sum) in input.squares.enumerated() {
        let tokens = input.tokens[index / columns]
        // What others have stands in for experts that no token reached.
        if tokens > 0, sum > 0 {
          #expect(entry.importance?[index] == Float(sum) / Float(tokens))
        } else {
          #expect(try #require(entry.importance?[index]) > 0)
        }
      }
      let weighted = try #require(state.sums.weightedInputs[name])
      for (index, sum) in weighted.squares.enumerated() {
        let weights = weighted.weights[index / columns]
        if weights > 0, sum > 0 {
          #expect(entry.weightedImportance?[index] == Float(sum) / Float(weights))
        } else {
          #expect(try #require(entry.weightedImportance?[index]) > 0)
        }
      }
      #expect(entry.rowSensitivity?.count == state.sums.gradientSquares[name]?.count)
      let reached = zip(try #require(entry.tokens), input.tokens).filter { $1 > 0 }
      #expect(reached.allSatisfy { $0 == $1 })
    }
    let table = try #require(model["token_embd.weight"])
    let entry = try #require(try statistics.of(table))
    #expect(entry.lookupShare?.reduce(0, +) == 1)
    #expect(entry.lookupSensitivity?.count == table.columns)
  }

  @Test("the legacy file has the same importance") func legacy() throws {
    try file.write(to: Reservation([directory("s.gguf")]))
    try file.writeLegacy(to: Reservation([directory("s.dat")]))
    let (new, old) = (
      try StatisticsFile.read(path: directory("s.gguf")),
      try StatisticsFile.read(path: directory("s.dat"))
    )
    #expect(old.chunkCount == 2 && old.datasets == ["a.txt, b.txt"])
    #expect(old.names == state.sums.gradientSquares.keys.sorted())
    for name in old.names {
      let tensor = try #require(model[name])
      let a = try #require(try new.of(tensor)?.importance)
      let b = try #require(try old.of(tensor)?.importance)
      #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1e-6 * $0 })
    }
  }

  @Test("errors come from how batches vary") func convergence() throws {
    for weight in Convergence(state, of: model).weights {
      let traces = try #require(state.traces[weight.name])
      let (a, b) = (traces[0], traces[1])
      let error = try #require(weight.error)
      #expect(abs(error - abs(a - b) / (a + b)) < 1e-12)
    }
    #expect(Convergence(state, of: model).planGain.map { $0 > 0 } == true)

    var alike = CalibrationState()
    alike.add(state.sums)
    #expect(Convergence(alike, of: model).medianError == nil)
    #expect(Convergence(alike, of: model).planGain == nil)
    alike.add(state.sums)
    #expect(Convergence(alike, of: model).medianError == 0)
    #expect(Convergence(alike, of: model).planGain == 0)
  }

  @Test("what was clipped is a share of all tokens of all weights") func clipping() throws {
    let inputs = state.sums.inputsByWeight
    let clipping = try #require(Clipping(state.sums))
    let tokens = inputs.values.reduce(0) { $0 + $1.tokens.reduce(0, +) }
    let clipped = state.sums.weightedInputs.values.reduce(0) { $0 + $1.clipped }
    #expect(abs(clipping.share - clipped / tokens) < 1e-12)
    #expect(clipping.largest == state.sums.weightedInputs.values.map(\.largest).max())
    #expect(state.sums.weightedInputs[clipping.weight]?.largest == clipping.largest)
    #expect(Clipping(CalibrationSums()) == nil)
  }

  @Test("the Fisher trace of experts is a mean over tokens") func traces() throws {
    let traces = state.sums.fisherTraces
    #expect(Set(traces.keys) == Set(state.sums.gradientSquares.keys).union(state.sums.lookups.keys))
    for (name, input) in state.sums.weightedInputs where input.weights.count == 1 {
      let expected = input.rowSquares.reduce(0, +) / 8
      #expect(abs(try #require(traces[name]) / expected - 1) < 1e-12)
    }
    let lookup = try #require(state.sums.lookups["token_embd.weight"])
    #expect(traces["token_embd.weight"] == lookup.gradientSquares.reduce(0, +) / 8)
  }
}
