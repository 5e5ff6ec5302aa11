import GGUF
import LinearAlgebra
import NeuralNetwork
import Statistics
import Testing
import TestSupport
import Threads

/// What a network sums up of the features that its linear layers read.
@Suite("Second moments of a network") struct SecondMomentTests {
  static let networks = TestNetwork.all + TestNetwork.imagined
  /// Three sequences: the first and the last are one half of the text, and the one between the other.
  static let sequences = [0..<9, 9..<17, 17..<24].map { Array(TestNetwork.tokens[$0]) }
  static let halves = [[sequences[0], sequences[2]], [sequences[1]]]

  /// The sums of one half at one site, slice by slice.
  struct Sums {
    let values: [[Float]?]
    let tokens: [Int]
  }

  /// The sums of every site by its number and half.
  func sums(of network: Network) throws -> [[Sums]] {
    var sums: [Int: [Sums]] = [:]
    try network.takeSecondMoments(of: Self.sequences) { site, half, slices in
      #expect(sums[site, default: []].count == half)
      sums[site, default: []].append(
        Sums(
          values: slices.map { $0.map { Array($0.values) } }, tokens: slices.map { $0?.tokens ?? 0 }
        ))
    }
    return network.secondMomentSites.indices.map { sums[$0] ?? [] }
  }

  @Test("are sums of outer products of all that is read, half by half", arguments: networks)
  func outerProducts(_ shape: TestNetwork) throws {
    try withNetwork(shape.fixture, TestArchitecture.all) { network in
      let sums = try self.sums(of: network)
      for half in 0..<2 {
        let inputs = RecordedInputs()
        try network.observe([[Batch(Self.halves[half])]], by: inputs)
        for (site, sums) in zip(network.secondMomentSites, sums) {
          #expect(sums.count == 2 && sums[half].values.count == site.slices)
          for slice in 0..<site.slices {
            let tokens = inputs[site.weights[0], site.slices == 1 ? nil : slice]
            #expect(sums[half].tokens[slice] == tokens.count)
            guard let values = sums[half].values[slice] else {
              #expect(tokens.isEmpty)
              continue
            }
            #expect(
              ReferenceMoment(tokens, columns: site.columns).error(of: values) < 1e-5,
              "\(site.weights[0]) \(slice)")
          }
        }
      }
    }
  }

  @Test("agree with the squares that a calibration sums up of every weight", arguments: networks)
  func squares(_ shape: TestNetwork) throws {
    try withNetwork(shape.fixture, TestArchitecture.all) { network in
      let sums = try self.sums(of: network)
      let calibration = try network.calibrate(
        Self.sequences.map { CalibrationSequence(tokens: $0, seed: 1) }
      ).inputsByWeight
      let sites = network.secondMomentSites
      #expect(Set(sites.flatMap(\.weights)) == Set(calibration.keys))
      #expect(sites.reduce(0) { $0 + $1.weights.count } == calibration.count)
      for (site, sums) in zip(sites, sums) {
        let tiles = try #require(TriangleTiles(columns: site.columns))
        for weight in site.weights {
          let input = try #require(calibration[weight])
          // A feature of few tokens may be next to nothing, and all its digits lost in products.
          let mean = input.squares.reduce(0, +) / Double(input.squares.count)
          for column in 0..<site.columns {
            // Experts that share a site may have been read more often than it: at every visit.
            let slices = input.tokens.indices
            let squares = slices.map { input.squares[$0 * site.columns + column] }
            let found = (0..<site.slices).map { slice in
              sums.reduce(0) { sum, half in
                sum + Double(half.values[slice]?[tiles.diagonal(column)] ?? 0)
              }
            }
            if site.slices == slices.count {
              #expect(zip(squares, found).allSatisfy { abs($0 - $1) <= 1e-4 * max($0, mean) })
            } else {
              let tokens = sums.reduce(0) { $0 + $1.tokens[0] }
              let visits = input.tokens.reduce(0, +) / Double(tokens)
              #expect(abs(squares.reduce(0, +) - visits * found[0]) <= 1e-4 * squares.reduce(0, +))
            }
          }
        }
      }
    }
  }

  @Test("are taken once of what several weights read") func sites() throws {
    let shape = try #require(Self.networks.first { $0.name == "grouped" })
    try withNetwork(shape.fixture, TestArchitecture.all) { network in
      let sites = network.secondMomentSites
      #expect(
        sites.prefix(6).map(\.weights) == [
          ["attn_q", "attn_k", "attn_v"], ["attn_output"],
          ["ffn_gate_inp", "ffn_gate_exps", "ffn_up_exps", "ffn_gate_shexp", "ffn_up_shexp"],
          ["ffn_down_exps"], ["ffn_down_shexp"],
        ].map { $0.map { "blk.0.\($0).weight" } } + [
          ["attn_q", "attn_k", "attn_v"].map { "blk.1.\($0).weight" }
        ])
      #expect(sites.prefix(5).map(\.slices) == [1, 1, 1, 8, 1])
      #expect(sites.last?.weights == ["output.weight"])
    }
  }

  @Test("of a tied table are those of the output head") func tied() throws {
    let shape = try #require(Self.networks.first { $0.isTied })
    try withNetwork(shape.fixture) { network in
      #expect(network.secondMomentSites.last?.weights == ["token_embd.weight"])
      let hidden = try network.hiddenStates(of: Self.halves[0])
      let reference = ReferenceMoment(
        (0..<hidden.rows).map { Array(hidden.row($0)) }, columns: network.width)
      let values = try #require(try self.sums(of: network).last?[0].values[0])
      #expect(reference.error(of: values) < 1e-5)
    }
  }

  @Test(
    "are the same bits for any number of threads, in either arithmetic",
    arguments: [
      Arithmetic.float, .bfloat,
    ])
  func threads(_ arithmetic: Arithmetic) throws {
    let shape = try #require(Self.networks.first { $0.name == "qwen3moe" })
    try withModel(shape.fixture) { model in
      let sums = try [1, 3].map { threads in
        try self.sums(of: Network(model, arithmetic: arithmetic, threads: threads)).map {
          $0.map(\.values)
        }
      }
      #expect(sums[0] == sums[1])
    }
  }

  @Test("end with an error where squares are infinite") func tooLarge() throws {
    var fixture = TestNetwork.all[0].fixture
    let norm = try #require(
      fixture.tensors.firstIndex { $0.name == Array("output_norm.weight".utf8) })
    fixture.tensors[norm] = .f32(
      "output_norm.weight", [64], Array(repeating: 1e25, count: TestNetwork.width))
    try withNetwork(fixture) { network in
      _ = #expect(throws: NetworkError(path: network.path, .moments(weight: "output.weight"))) {
        try network.takeSecondMoments(of: Self.sequences) { _, _, _ in }
      }
    }
  }
}

/// Keeps everything that linear layers read.
private final class RecordedInputs: InputObserver, @unchecked Sendable {
  private var inputs: [String: [Int: [[Float]]]] = [:]

  /// What a slice has read, token after token; what all slices have where it is nil.
  subscript(weight: String, slice: Int?) -> [[Float]] {
    guard let slices = inputs[weight] else { return [] }
    guard let slice else { return slices.keys.sorted().flatMap { slices[$0] ?? [] } }
    return slices[slice] ?? []
  }

  func observe(_ x: Matrix, of weight: String, slice: Int, on workers: Workers) {
    inputs[weight, default: [:]][slice, default: []] += (0..<x.rows).map { Array(x.row($0)) }
  }
}
