import GGUF
import Measurement
import Reports
import Statistics
import Testing

@Suite struct DistortionOrderTests {
  static let tensors: [DistortionReport.Tensor] = [
    .init("c", elements: 10, [(.IQ3_K, 100, 3, 0.1), (.IQ4_K, 200, 1, 0.05)]),
    .init("a", elements: 30, [(.IQ3_K, 100, 1, 0.3), (.IQ4_K, 110, 0.5, 0.1)]),
    .init("d", elements: 20, [(.IQ3_K, 100, 2, 0.2)]),
    .init("b", elements: 30, [(.IQ4_K, 200, 0.1, 0.1), (.IQ3_K, 100, 2, 0.2)]),
  ]

  @Test(arguments: [
    (DistortionReport.Order.file, "cadb"), (.name, "abcd"), (.size, "abdc"), (.loss, "cbda"),
    (.error, "abdc"), (.gain, "acbd"),
  ]) func tensorsAreOrdered(_ order: DistortionReport.Order, _ names: String) {
    let report = DistortionReport(tensors: Self.tensors, unit: .nats, order: order)
    #expect(report.tensors.map(\.name).joined() == names)
  }

  @Test func everyOrderIsTested() {
    #expect(DistortionReport.Order.allCases.count == 6)
  }

  @Test func theTypesOfATensorStandBySizeThenId() {
    let tensor = DistortionReport.Tensor(
      "a", [(.Q8_0, 90, 0, 0), (.IQ4_K, 70, 0, 0), (.Q4_0, 70, 0, 0)])
    #expect(tensor.pairs.map(\.type) == [.Q4_0, .IQ4_K, .Q8_0])
  }

  @Test func anUpgradeIsTheNextTypeThatCostsMoreAndLosesLess() throws {
    let tensor = DistortionReport.Tensor(
      "a",
      [
        (.IQ3_K, 40, 8, 0), (.Q4_0, 60, 9, 0), (.IQ4_K, 60, 4, 0), (.Q5_0, 70, 4, 0),
        (.Q8_0, 100, 1, 0),
      ])
    let upgrade = { (index: Int) in tensor.upgrade(from: index) }
    #expect(upgrade(0)?.type == .IQ4_K)
    #expect(upgrade(0)?.gainPerByte == 0.2)
    #expect(tensor.pairs[1].type == .Q4_0)
    #expect(upgrade(1)?.type == .Q5_0)
    #expect(upgrade(2)?.type == .Q8_0)
    #expect(upgrade(3)?.gainPerByte == 0.1)
    #expect(upgrade(4) == nil && upgrade(5) == nil && upgrade(-1) == nil)
  }
}
