import NeuralNetwork
import Testing
import TestSupport

/// What a run over text sums up, and where it is held.
@Suite("Sums of a calibration") struct CalibrationSumsTests {
  private func sums(_ name: String) throws -> CalibrationSums {
    let network = try #require(
      (TestNetwork.all + TestNetwork.imagined).first { $0.name == name })
    return try withNetwork(network.fixture, TestArchitecture.all) {
      try $0.calibrate([CalibrationSequence(tokens: TestNetwork.tokens, seed: 1)])
    }
  }

  @Test("weights that read the same input share its sums")
  func sites() throws {
    let sums = try sums("llama")
    #expect(
      sums.inputs.values.map(\.weights).sorted { $0[0] < $1[0] } == [
        ["blk.0.attn_output.weight"],
        ["blk.0.attn_q.weight", "blk.0.attn_k.weight", "blk.0.attn_v.weight"],
        ["blk.0.ffn_down.weight"],
        ["blk.0.ffn_gate.weight", "blk.0.ffn_up.weight"],
        ["blk.1.attn_output.weight"],
        ["blk.1.attn_q.weight", "blk.1.attn_k.weight", "blk.1.attn_v.weight"],
        ["blk.1.ffn_down.weight"],
        ["blk.1.ffn_gate.weight", "blk.1.ffn_up.weight"],
        ["output.weight"],
      ])
    #expect(Set(sums.inputsByWeight.keys) == Set(sums.gradientSquares.keys))
    #expect(sums.inputs.values.allSatisfy { $0.tokens == [24] })
  }

  @Test("a gated delta net has two sites: all that it projects features to, and its output")
  func gatedDeltaNet() throws {
    let sites = try sums("qwen35").inputs.values.map(\.weights)
    #expect(
      sites.filter { $0[0].hasPrefix("blk.0.") && !$0[0].contains("ffn") }
        .sorted { $0[0] < $1[0] } == [
          [
            "blk.0.attn_qkv.weight", "blk.0.attn_gate.weight", "blk.0.ssm_beta.weight",
            "blk.0.ssm_alpha.weight",
          ], ["blk.0.ssm_out.weight"],
        ])
  }

  @Test("experts read what reaches them, and a shared one reads everything")
  func experts() throws {
    let inputs = try sums("grouped").inputsByWeight
    for layer in 0..<2 {
      let block = "blk.\(layer).ffn"
      let gates = try #require(inputs["\(block)_gate_exps.weight"])
      #expect(gates.weights == ["\(block)_gate_exps.weight", "\(block)_up_exps.weight"])
      // Three of eight experts for each of 24 tokens.
      #expect(gates.tokens.count == 8 && gates.tokens.reduce(0, +) == 72)
      let router = try #require(inputs["\(block)_gate_inp.weight"])
      let shared = try #require(inputs["\(block)_up_shexp.weight"])
      #expect(shared.tokens == [24] && shared.squares == router.squares)
      let columns = router.squares.indices.map { column in
        stride(from: column, to: gates.squares.count, by: router.squares.count)
          .reduce(0) { $0 + gates.squares[$1] }
      }
      #expect(zip(columns, router.squares).allSatisfy { abs($0 / $1 - 3) < 1e-5 })
    }
  }
}
