import Codecs
import Foundation
import GGUF
import NeuralNetwork
import Testing
import TestSupport

/// Attention whose keys and values come from latents.
@Suite("Latent attention") struct LatentAttentionTests {
  private static func network(_ name: String) throws -> TestNetwork {
    try #require(TestNetwork.all.first { $0.name == name })
  }

  @Test("the widths of heads may stand beside those of latents, as llama.cpp writes them")
  func widthsOfLatents() throws {
    let absorbed = try Self.network("latent-absorbed").fixture
    var fixture = absorbed
    for (name, value) in [
      ("head_count_kv", 1), ("key_length", 48), ("value_length", 32), ("key_length_mla", 32),
      ("value_length_mla", 16),
    ] as [(String, UInt32)] {
      let name = "deepseek2.attention.\(name)"
      fixture.keys.removeAll { $0.name == Array(name.utf8) }
      fixture.keys.append(.uint32(name, value))
    }
    #expect(try logits(fixture) == logits(absorbed))
  }

  @Test("slices for heads compute what the whole weight computes, in two dimensions or three")
  func forms() throws {
    var fixture = try Self.network("latent-copies").fixture
    let whole = try logits(fixture)
    for index in fixture.tensors.indices {
      let name = String(decoding: fixture.tensors[index].name, as: UTF8.self)
      if name.hasSuffix("attn_k_b.weight") { fixture.tensors[index].dimensions = [16, 32, 4] }
      if name.hasSuffix("attn_v_b.weight") { fixture.tensors[index].dimensions = [32, 16, 4] }
    }
    #expect(try logits(fixture) == whole)
    fixture.tensors.removeAll {
      String(decoding: $0.name, as: UTF8.self).hasSuffix("attn_kv_b.weight")
    }
    for (a, b) in zip(try logits(fixture), whole) {
      #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-4 })
    }
  }

  @Test("a head's slice has read every token, and is no site of a whole weight's")
  func sites() throws {
    let tokens = [Double](repeating: 24, count: 4)
    let sums = try withNetwork(Self.network("latent-absorbed").fixture) {
      try $0.calibrate([CalibrationSequence(tokens: TestNetwork.tokens, seed: 1)])
    }
    let keys = try #require(sums.inputs["blk.1.attn_k_b.weight"])
    #expect(keys.tokens == tokens && keys.squares.count == 4 * 16)
    #expect(sums.gradientSquares["blk.1.attn_k_b.weight"]?.count == 4 * 32)
    let values = try #require(sums.inputs["blk.1.attn_v_b.weight"])
    #expect(values.tokens == tokens && values.squares.count == 4 * 32)
    #expect(sums.gradientSquares["blk.1.attn_v_b.weight"]?.count == 4 * 16)
    #expect(
      sums.inputs["blk.1.attn_q_a.weight"]?.weights == [
        "blk.1.attn_q_a.weight", "blk.1.attn_kv_a_mqa.weight",
      ])
  }

  /// A weight whose elements one token alone has read: in a text of one token each does, but for those of keys, which
  /// need another token to look back on.
  struct Element: Sendable {
    let network: String
    let tensor: String
    let tokens: [Int32]
    /// The first row of those that are looked at: values stand behind keys where both are in one tensor.
    var firstRow = 0
  }

  /// What an element costs is the square of the slope of the loss, which is g × h of its row and its column.
  @Test(
    "every element costs what differences tell",
    arguments: [
      Element(network: "latent-absorbed", tensor: "attn_k_b", tokens: [3, 17]),
      Element(network: "latent-absorbed", tensor: "attn_v_b", tokens: [3]),
      Element(network: "latent-copies", tensor: "attn_kv_b", tokens: [3], firstRow: 16),
      Element(network: "latent-whole", tensor: "attn_q_b", tokens: [3, 17]),
    ])
  func elements(_ element: Element) throws {
    let name = "blk.1.\(element.tensor).weight"
    try withModel(Self.network(element.network).fixture) { model in
      let tensor = try #require(model.tensors.first { $0.name == name })
      let runner = try Network(model, threads: 1)
      let sums = try runner.calibrate([CalibrationSequence(tokens: element.tokens, seed: 7)])
      let gradients = try #require(sums.gradientSquares[name])
      let inputs = try #require(sums.weightedInputs[name])
      var draws = SplitMix64(state: 7)
      let labels = try runner.logits(of: [element.tokens]).map { logits in
        var shares = shares(logits).map(Float.init)
        let draw = draws.fraction()
        return shares.withUnsafeMutableBufferPointer { OutputHead.label($0, draw: draw) }
      }
      var checked = 0
      for slice in 0..<tensor.slices {
        for (row, column) in [(0, 0), (3, 5), (9, 11), (15, 15)] {
          let index = slice * tensor.rowsPerSlice + element.firstRow + row
          let costs = gradients[index] * inputs.squares[slice * tensor.columns + column]
          guard inputs.weights[slice] > 0, costs > 0 else { continue }
          func loss(_ step: Float) throws -> Double {
            let weights = MovedWeight(
              model: model, tensor: name, row: index, column: column, step: step)
            let moved = try Network(model, weights: weights, threads: 1)
            return try zip(moved.logits(of: [element.tokens]), labels).reduce(0) {
              $0 - log(shares($1.0)[$1.1])
            }
          }
          let step: Float = 0x1p-6
          let slope = try (loss(step) - loss(-step)) / Double(2 * step)
          let expected = costs / inputs.weights[slice]
          #expect(
            abs(slope * slope - expected) < 0.05 * expected + 1e-7, "\(slice) \(row) \(column)")
          checked += 1
        }
      }
      #expect(checked >= 4)
    }
  }

  @Test("what does not fit is refused")
  func errors() throws {
    let whole = try Self.network("latent-whole").fixture
    var missing = whole
    missing.tensors.removeAll { $0.name == Array("blk.1.attn_kv_b.weight".utf8) }
    #expect(try problem(missing) == .tensorMissing("blk.1.attn_k_b.weight"))
    var copy = whole
    copy.tensors.append(.f32("blk.0.attn_k_b.weight", [1], [1]))
    #expect(
      try problem(copy)
        == .shape(tensor: "blk.0.attn_k_b.weight", found: [1], expected: [16, 128]))
    for (name, value) in [("rope.dimension_count", 32), ("attention.kv_lora_rank", 0)]
      as [(String, UInt32)]
    {
      var fixture = whole
      fixture.keys.removeAll { $0.name == Array("deepseek2.\(name)".utf8) }
      fixture.keys.append(.uint32("deepseek2.\(name)", value))
      #expect(try problem(fixture) == .value(key: "deepseek2.\(name)", "\(value)"))
    }
  }

  private func problem(_ fixture: GGUFFixture) throws -> NetworkError.Problem? {
    try withModel(fixture) { model in
      #expect(throws: NetworkError.self) { try Network(model, threads: 1) }?.problem
    }
  }

  private func logits(_ fixture: GGUFFixture) throws -> [[Float]] {
    try withNetwork(fixture) { try $0.logits(of: [TestNetwork.tokens]) }
  }

  private func shares(_ logits: [Float]) -> [Double] {
    let largest = Double(logits.max()!)
    let exponentials = logits.map { exp(Double($0) - largest) }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { $0 / sum }
  }
}
