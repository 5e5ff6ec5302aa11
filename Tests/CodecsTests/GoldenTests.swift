import Codecs
import GGUF
import Testing

@Suite struct GoldenTests {
  @Test(arguments: Codec.all)
  func decodingMatchesTheReferenceBitForBit(codec: Codec) throws {
    for kind in ["weighted", "random"] {
      guard let bytes = Golden.bytes("\(codec).\(kind).bin") else { continue }
      let expected = try #require(Golden.floats("\(codec).\(kind).f32"))
      let actual = codec.decode(bytes, columns: Golden.columns)
      let wrong = differences(expected, actual)
      if let first = wrong.first {
        let block = first / codec.type.weightsPerBlock
        Issue.record(
          """
          \(kind): \(wrong.count) of \(expected.count) weights differ, first \(first) (block \
          \(block)): expected \(expected[first]), got \(actual[first])
          """)
      }
    }
  }

  @Test(arguments: Codec.all)
  func encodingLosesNoMoreThanTheReference(codec: Codec) throws {
    guard let reference = Golden.errors[codec.type.name] else { return }
    let weighted = codec.encode(
      Golden.weights, columns: Golden.columns, importance: Golden.importance)
    let weightedError = relativeError(
      Golden.weights, codec.decode(weighted, columns: Golden.columns),
      importance: Golden.importance, columns: Golden.columns)
    // The reference's figures have nine digits.
    #expect(weightedError <= reference.weighted * (1 + 1e-8))

    guard let plainReference = reference.plain else { return }
    let plain = codec.encode(Golden.weights, columns: Golden.columns)
    let plainError = relativeError(
      Golden.weights, codec.decode(plain, columns: Golden.columns), importance: nil,
      columns: Golden.columns)
    #expect(plainError <= plainReference * (1 + 1e-8))
  }
}
