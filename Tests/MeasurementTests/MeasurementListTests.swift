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

  @Test(
    "falls into parts that are disjoint and together the whole", arguments: [1, 2, 3, 5, 28, 40])
  func parts(count: Int) {
    let parts = (0..<count).map { Self.list.part($0, of: count) }
    #expect(parts.flatMap(\.keys).count == Self.list.count)
    #expect(Set(parts.flatMap(\.keys)) == Set(Self.list.keys))
    #expect(parts.reduce(0) { $0 + $1.weights } == Self.list.weights)
  }

  @Test("falls into parts of like weight: none exceeds its share by more than one pair")
  func balance() {
    let heaviest = 256 * 4 * 7
    for count in 2...9 {
      for index in 0..<count {
        #expect(
          Self.list.part(index, of: count).weights <= Self.list.weights / count + heaviest)
      }
    }
  }

  @Test(
    "keeps the sample of a tensor's rows in every part, so that parts measure what the whole does")
  func samples() {
    for index in 0..<3 {
      for entry in Self.list.part(index, of: 3).entries {
        let whole = Self.list.entries.first { $0.tensor == entry.tensor }
        #expect(entry.rows == whole?.rows && entry.content == whole?.content)
      }
    }
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
