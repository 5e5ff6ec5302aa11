import NeuralNetwork
import TestSupport
import Testing

/// Networks whose numbers grow beyond what floats can hold.
@Suite struct FiniteTests {
  @Test("the layer is named behind which numbers are none") func overflow() throws {
    var fixture = TestNetwork.all[0].fixture
    let index = try #require(
      fixture.tensors.firstIndex { $0.name == Array("blk.1.attn_output.weight".utf8) })
    let weight = fixture.tensors[index]
    fixture.tensors[index] = .f32(
      "blk.1.attn_output.weight", weight.dimensions,
      Array(repeating: 3e38, count: Int(weight.dimensions.reduce(1, *))))
    try withNetwork(fixture) { network in
      let first = #expect(throws: NetworkError.self) {
        try network.calibrate([CalibrationSequence(tokens: [1, 2, 3], seed: 0)])
      }
      #expect(first?.problem == .features(layer: 1))
      let second = #expect(throws: NetworkError.self) {
        try network.sample(after: [1], length: 3, seed: 0)
      }
      #expect(second?.problem == .features(layer: 1))
    }
  }
}
