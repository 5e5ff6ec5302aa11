import Codecs
import GGUF
import Measurement
import Testing

/// Lists of what is to be measured, as values.
@Suite("A list of measurements") struct MeasurementListTests {
  /// Seven tensors of different sizes, each with one type more than the one before.
  static let list = MeasurementList(
    try! (1...7).map { number in
      let tensor = try TensorDescriptor(
        name: "blk.\(number).ffn_up.weight", shape: [256, 8 * number], type: .F32)
      return MeasurementList.Entry(
        tensor, content: ContentDigest(of: tensor.name), metric: ContentDigest(of: "metric"),
        weighting: .importance, rows: 4 * number, codecs: Array(Codec.all.prefix(number)))
    })

  @Test("counts pairs and the weights that they encode")
  func counts() {
    #expect(Self.list.count == 28)
    #expect(Self.list.weights == (1...7).reduce(0) { $0 + 256 * 4 * $1 * $1 })
    #expect(Set(Self.list.keys).count == 28)
  }

  @Test("loses the pairs that are known, and tensors of which all are")
  func removing() {
    let first = Self.list.entries[0].trials.map(\.key)
    let some = Self.list.entries[6].trials.prefix(3).map(\.key)
    let rest = Self.list.removing(Set(first + some))
    #expect(rest.entries.count == 6 && rest.count == 28 - 1 - 3)
    #expect(Set(rest.keys).isDisjoint(with: first + some))
    #expect(Self.list.removing(Set(Self.list.keys)).entries.isEmpty)
  }
}
