import GGUF
import Testing
import TestSupport

@Suite struct MetadataTests {
  @Test func eachKindGivesItsValue() {
    #expect(MetadataValue.uint8(.max).integer == 255)
    #expect(MetadataValue.int8(.min).integer == -128)
    #expect(MetadataValue.uint16(.max).integer == 65535)
    #expect(MetadataValue.int16(.min).integer == -32768)
    #expect(MetadataValue.uint32(.max).integer == 4_294_967_295)
    #expect(MetadataValue.int32(.min).integer == -2_147_483_648)
    #expect(MetadataValue.uint64(7).integer == 7)
    #expect(MetadataValue.int64(.min).integer == .min)
    #expect(MetadataValue.float32(0.5).double == 0.5)
    #expect(MetadataValue.float64(0.1).double == 0.1)
    #expect(MetadataValue.bool(true).bool == true)
    #expect(MetadataValue.string("naïve").string == "naïve")
    #expect(MetadataValue.strings(["a", "", "é"]).strings == ["a", "", "é"])
  }

  @Test func anIntegerThatNoIntHoldsIsNone() {
    #expect(MetadataValue.uint64(.max).integer == nil)
    #expect(MetadataValue.uint64(.max).double == 0x1p64)
  }

  @Test func accessorsOfAnotherKindGiveNothing() {
    let values: [MetadataValue] = [
      .uint32(1), .float32(1), .bool(true), .string("1"), .strings(["1"]),
    ]
    #expect(values.map { $0.integer != nil } == [true, false, false, false, false])
    #expect(values.map { $0.double != nil } == [true, true, false, false, false])
    #expect(values.map { $0.bool != nil } == [false, false, true, false, false])
    #expect(values.map { $0.string != nil } == [false, false, false, true, false])
    #expect(values.map { $0.strings != nil } == [false, false, false, false, true])
    #expect(values.allSatisfy { $0.integers == nil && $0.doubles == nil })
  }

  @Test func arraysOfNumbersAreRead() throws {
    var floats: [UInt8] = []
    floats.put([1.5, -2])
    let file = try TemporaryDirectory().open(
      GGUFFixture(keys: [
        .array("types", of: 3, count: 2, [0xFE, 0xFF, 1, 0]),
        .array("scores", of: 6, count: 2, floats),
        .array("none", of: 8, count: 0, []),
      ]).bytes)
    #expect(file.metadata["types"]?.integers == [-2, 1])
    #expect(file.metadata["types"]?.doubles == [-2, 1])
    #expect(file.metadata["scores"]?.integers == nil)
    #expect(file.metadata["scores"]?.doubles == [1.5, -2])
    #expect(file.metadata["none"]?.strings == [])
    #expect(file.metadata["none"]?.integers == nil)
  }

  @Test func textThatIsNotUTF8IsShownRepairedAndKeptAsItIs() throws {
    let file = try TemporaryDirectory().open(
      GGUFFixture(keys: [.string("name", [0x61, 0xFF])]).bytes)
    #expect(file.metadata["name"]?.string == "a\u{FFFD}")
    #expect(file.metadata["name"]?.payload == [2, 0, 0, 0, 0, 0, 0, 0, 0x61, 0xFF])
  }

  @Test func entriesKeepTheirOrder() {
    var metadata = Metadata()
    metadata["b"] = .uint32(1)
    metadata["a"] = .uint32(2)
    metadata["split.no"] = .uint16(0)
    metadata["c"] = .uint32(3)
    metadata["b"] = .uint32(4)
    #expect(metadata.entries.map(\.key) == ["b", "a", "split.no", "c"])

    metadata.removeAll { $0.key.hasPrefix("split.") }
    metadata["a"] = nil
    metadata["d"] = .uint32(5)
    #expect(metadata.entries.map(\.key) == ["b", "c", "d"])
    #expect(metadata.entries.map(\.value) == [.uint32(4), .uint32(3), .uint32(5)])
    #expect(metadata["c"]?.integer == 3)
  }
}
