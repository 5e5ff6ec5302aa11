import GGUF
import Testing
import TestSupport

/// What a file holds beside its header and its tensors.
@Suite("Gaps of a file") struct FileGapTests {
  let directory = TemporaryDirectory()

  @Test("A sound file has padding of zeros and nothing behind it")
  func sound() throws {
    let model = try directory.open(GGUFFixture.small.bytes)
    #expect(model.gaps.allSatisfy { $0.kind == .padding } && !model.gaps.isEmpty)
    #expect(try model.gapFaults().isEmpty)
  }

  @Test(
    "Every byte is the header's, a tensor's or a gap's, and any other than zero in a gap is found")
  func padding() throws {
    let bytes = GGUFFixture.small.bytes
    let model = try directory.open(bytes)
    let path = model.path
    let taken = model.tensors.reduce(0) { $0 + $1.byteCount }
    let free = model.gaps.reduce(0) { $0 + $1.range.count }
    #expect(model.gaps[0].range.lowerBound + taken + free == bytes.count)
    for gap in model.gaps {
      for place in [gap.range.lowerBound, gap.range.upperBound - 1] {
        var changed = bytes
        changed[place] = 1
        let other = try directory.open(changed)
        #expect(try other.gapFaults() == [.padding(path: path, at: place)])
      }
    }
  }

  @Test("Bytes behind the data are found, and a last tensor needs no padding")
  func ends() throws {
    let bytes = GGUFFixture.small.bytes
    let longer = try directory.open(bytes + [0, 0, 0])
    #expect(
      try longer.gapFaults() == [.surplus(path: longer.path, at: bytes.count, count: 3)])
    var fixture = GGUFFixture.small
    fixture.tensors = [.f32("a", [1], [1])]
    let shorter = try directory.open(fixture.bytes.dropLast(28))
    #expect(try shorter.gapFaults().isEmpty)
  }

  @Test("Every shard is looked at") func shards() throws {
    for (name, fixture) in GGUFFixture.shards() { try directory.write(fixture.bytes, to: name) }
    let (last, fixture) = GGUFFixture.shards().last!
    let path = try directory.write(fixture.bytes + [7], to: last)
    let model = try ModelFile(path: directory(GGUFFixture.shards()[0].name))
    #expect(
      try model.gapFaults() == [.surplus(path: path, at: fixture.bytes.count, count: 1)])
  }
}
