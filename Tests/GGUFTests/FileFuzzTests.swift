import GGUF
import Testing
import TestSupport

/// Any bytes are either a model or an error, never a trap.
@Suite struct FileFuzzTests {
  let directory = TemporaryDirectory()

  /// Opens the bytes and, where that works, touches everything.
  func probe(_ bytes: [UInt8]) throws {
    do {
      let file = try directory.open(bytes)
      for entry in file.metadata.entries {
        _ = (entry.value.string, entry.value.integer, entry.value.double, entry.value.bool)
        _ = (entry.value.strings, entry.value.integers, entry.value.doubles)
      }
      for tensor in file.tensors { _ = try file.data(of: tensor) }
    } catch is FormatError {
    }
  }

  var sample: GGUFFixture {
    var fixture = GGUFFixture.small
    fixture.keys += [
      .strings("tokens", ["a", "", "bcd"]),
      .array("scores", of: 6, count: 2, [0, 0, 0, 0, 1, 2, 3, 4]),
      .uint32("general.alignment", 32),
    ]
    return fixture
  }

  @Test func everyTruncationIsAnError() throws {
    let bytes = sample.bytes
    let last = try #require(try directory.open(bytes).tensors.last)
    for length in 0..<(last.offset + last.byteCount) {
      #expect(throws: FormatError.self) { try directory.open(Array(bytes[..<length])) }
    }
  }

  @Test func mutationsNeverTrap() throws {
    var generator = SeededGenerator(seed: 7)
    let bytes = sample.bytes
    let header = try directory.open(bytes).tensors[0].offset
    let hostile: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF, 9, 8]
    for _ in 0..<4000 {
      var mutant = bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let position = Int.random(in: 0..<header, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: mutant[position] = UInt8.random(in: .min ... .max, using: &generator)
        case 1: mutant[position] = hostile.randomElement(using: &generator) ?? 0
        case 2: mutant[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        default:
          let end = min(position + 8, header)
          let byte = hostile.randomElement(using: &generator) ?? 0
          for index in position..<end { mutant[index] = byte }
        }
      }
      try probe(mutant)
    }
  }
}
