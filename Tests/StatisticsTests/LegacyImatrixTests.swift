import GGUF
import Statistics
import Testing
import TestSupport

@Suite struct LegacyImatrixTests {
  let directory = TemporaryDirectory()

  @Test func valuesAreDividedByCalls() throws {
    let statistics = try directory.statistics(LegacyFixture.small.bytes)
    #expect(statistics.names == ["blk.0.ffn_down.weight", "blk.0.ffn_up.weight"])
    let model = try directory.model([
      "blk.0.ffn_up.weight": [4, 2], "blk.0.ffn_down.weight": [2, 4],
    ])
    #expect(try statistics.of(model.tensors[0])?.importance == [1, 2, 3, 4])
    #expect(try statistics.of(model.tensors[1])?.importance == [0.25, 0.5])
    #expect(try statistics.of(model.tensors[0])?.tokens == nil)
    #expect(try statistics.of(model.tensors[0])?.rowSensitivity == nil)
  }

  @Test func valuesWithoutCallsAreTakenAsTheyAre() throws {
    let fixture = LegacyFixture(entries: [.init("w", calls: 0, [3])])
    let statistics = try directory.statistics(fixture.bytes)
    #expect(try statistics.of(directory.model(["w": [1]]).first)?.importance == [3])
  }

  @Test func theTrailerTellsTheText() throws {
    let statistics = try directory.statistics(LegacyFixture.small.bytes)
    #expect(statistics.datasets == ["wiki.txt"])
    #expect(statistics.chunkCount == 7)
    #expect(statistics.chunkSize == nil)
    #expect(statistics.totalTokens == nil)
    #expect(statistics.fileName == "statistics")
  }

  @Test func theTrailerMayBeShortOrMissing() throws {
    var fixture = LegacyFixture.small
    fixture.trailer = Array(fixture.trailer.prefix(4))
    #expect(try directory.statistics(fixture.bytes).chunkCount == 7)
    #expect(try directory.statistics(fixture.bytes).datasets == [])
    fixture.trailer = []
    #expect(try directory.statistics(fixture.bytes).chunkCount == nil)
  }

  // One malformed file for each way in which these can be wrong.

  func problem(_ change: (inout LegacyFixture) -> Void) -> StatisticsError.Problem? {
    var fixture = LegacyFixture.small
    change(&fixture)
    let error = #expect(throws: StatisticsError.self) { try directory.statistics(fixture.bytes) }
    return error?.problem
  }

  @Test(arguments: [0, -1, .min, .max, 100] as [Int32]) func entryCount(_ count: Int32) {
    #expect(problem { $0.declaredCount = count } == .entryCount(Int(count)))
  }

  @Test func endsEarly() {
    #expect(problem { ($0.declaredCount, $0.trailer) = (3, []) } == .endsEarly(entry: 3))
    #expect(problem { $0.trailer = [1, 0, 0] } == .endsEarly(entry: nil))
    #expect(problem { $0.trailer = [1, 0, 0, 0, 1] } == .endsEarly(entry: nil))
  }

  @Test(arguments: [0, -1, .min, .max, 1000] as [Int32]) func nameLength(_ length: Int32) {
    #expect(
      problem { $0.entries[1].declaredNameLength = length }
        == .nameLength(entry: 2, Int(length)))
  }

  @Test func nameNotText() {
    #expect(problem { $0.entries[1].name[0] = 0xFF } == .nameNotText(entry: 2))
  }

  @Test(arguments: [-1, .min] as [Int32]) func callCount(_ calls: Int32) {
    #expect(
      problem { $0.entries[0].calls = calls }
        == .callCount(entry: "blk.0.ffn_up.weight", Int(calls)))
  }

  @Test(arguments: [0, -1, .min, .max, 1000] as [Int32]) func valueCount(_ count: Int32) {
    #expect(
      problem { $0.entries[0].declaredCount = count }
        == .valueCount(entry: "blk.0.ffn_up.weight", Int(count)))
  }

  @Test(arguments: [-1, .max, 9] as [Int32]) func datasetLength(_ length: Int32) {
    #expect(
      problem {
        $0.trailer = [0, 0, 0, 0]
        $0.trailer.put(length)
      } == .datasetLength(Int(length)))
  }

  @Test func trailingBytes() { #expect(problem { $0.trailer += [0, 0] } == .trailingBytes(2)) }

  @Test func duplicateEntry() {
    #expect(
      problem { $0.entries[1].name = $0.entries[0].name }
        == .duplicateEntry("blk.0.ffn_up.weight"))
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func notFinite(_ value: Float) {
    #expect(
      problem { $0.entries[0].values[2] = value }
        == .notFinite(entry: "blk.0.ffn_up.weight", index: 2))
  }

  @Test func negative() {
    #expect(
      problem { $0.entries[1].values[1] = -1e-30 }
        == .negative(entry: "blk.0.ffn_down.weight", index: 1))
  }

  @Test func theMessageNamesFileEntryAndPlace() {
    var fixture = LegacyFixture.small
    fixture.entries[0].declaredCount = -3
    let error = #expect(throws: StatisticsError.self) { try directory.statistics(fixture.bytes) }
    #expect(
      error?.description == """
        \(directory("statistics")): the entry "blk.0.ffn_up.weight" declares -3 values, which the \
        file cannot hold (at byte 35)
        """)
  }

  @Test func everyTruncationIsReadOrAnError() throws {
    let fixture = LegacyFixture.small
    let bytes = fixture.bytes
    let end = bytes.count - fixture.trailer.count
    for length in 0..<bytes.count {
      if length == end || length == end + 4 {
        #expect(try directory.statistics(Array(bytes[..<length])).names.count == 2)
      } else {
        #expect(throws: StatisticsError.self) {
          try directory.statistics(Array(bytes[..<length]))
        }
      }
    }
  }

  @Test func mutationsNeverTrap() throws {
    var generator = SeededGenerator(seed: 11)
    let bytes = LegacyFixture.small.bytes
    let model = try directory.model(["blk.0.ffn_up.weight": [4, 2]])
    for _ in 0..<2000 {
      var mutant = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        mutant[Int.random(in: 0..<mutant.count, using: &generator)] =
          [0, 0xFF, 0x7F, 0x80, 1].randomElement(using: &generator) ?? 0
      }
      do {
        _ = try directory.statistics(mutant).of(model.first)
      } catch is StatisticsError {
      }
    }
  }
}
