import GGUF
import Planning
import Testing

@Suite("What an error costs, from losses under a reference type")
struct ReferenceScaleTests {
  private let losses = ReferenceLosses(
    type: .IQ1_KT, nats: ["a": 0.5, "b": 0.1, "narrow": 0.2, "zero": 0.3])

  private func scales(_ tensors: [(String, [TensorType: Double])]) -> [Double] {
    losses.scales(of: tensors.map { ReferenceLosses.MeasuredErrors(tensor: $0, errors: $1) })
  }

  @Test("is the loss for each unit of the error under that type")
  func direct() {
    #expect(
      scales([("a", [.IQ1_KT: 4, .IQ4_K: 0.1]), ("b", [.IQ1_KT: 0.5])]) == [0.125, 0.2])
  }

  @Test("goes by the ratio of another type's errors where the shape does not allow the reference")
  func substitute() {
    let scales = scales([
      ("a", [.IQ1_KT: 4, .Q4_0: 0.1, .Q8_0: 0.01]), ("b", [.IQ1_KT: 0.6, .Q4_0: 0.02]),
      ("narrow", [.Q4_0: 0.01, .Q8_0: 0.001]),
    ])
    // Under iq1_kt the others have 40 and 30 times the error of q4_0; the median of two is between.
    #expect(isClose(scales[2], 0.2 / (0.01 * 35)))
  }

  @Test("is nothing for a tensor without errors")
  func exact() {
    #expect(scales([("zero", [.IQ1_KT: 0, .Q4_0: 0]), ("narrow", [:])]) == [0, 0])
  }

  @Test("is not nothing for a tensor that the reference type has exactly, and others do not")
  func onTheGrid() {
    let scales = scales([
      ("a", [.IQ1_KT: 4, .Q4_0: 0.1]), ("zero", [.IQ1_KT: 0, .Q4_0: 0.02]),
    ])
    #expect(isClose(scales[1], 0.3 / (0.02 * 40)))
  }

  @Test("takes the coarsest error itself where no tensor has the reference")
  func nothingToCompare() {
    #expect(scales([("a", [.Q8_0: 0.01, .Q4_0: 0.1])]) == [5])
  }
}
