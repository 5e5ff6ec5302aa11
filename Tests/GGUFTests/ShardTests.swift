import Foundation
import GGUF
import Testing
import TestSupport

@Suite struct ShardTests {
  let directory = TemporaryDirectory()

  func write(_ shards: [(name: String, fixture: GGUFFixture)]) throws {
    for shard in shards { try directory.write(shard.fixture.bytes, to: shard.name) }
  }

  /// Writes the shards and opens the first; the problem that this runs into.
  func problem(_ shards: [(name: String, fixture: GGUFFixture)]) throws -> FormatError.Problem? {
    try write(shards)
    let error = #expect(throws: FormatError.self) {
      try ModelFile(path: directory("model-00001-of-00003.gguf"))
    }
    return error?.problem
  }

  @Test(arguments: 1...3) func anyShardOpensTheWholeModel(_ number: Int) throws {
    try write(GGUFFixture.shards())
    let file = try ModelFile(path: directory("model-0000\(number)-of-00003.gguf"))
    #expect(file.path == directory("model-00001-of-00003.gguf"))
    #expect(file.shardPaths.count == 3)
    #expect(file.metadata["general.architecture"]?.string == "llama")
    #expect(file.tensors.map(\.shard) == [0, 1, 2])
    for (tensor, expected) in zip(file.tensors, GGUFFixture.small.tensors) {
      #expect(try file.data(of: tensor) == expected.data)
    }
  }

  @Test func theFirstShardMayHoldMetadataAlone() throws {
    var shards = GGUFFixture.shards()
    shards[1].fixture.tensors = shards[0].fixture.tensors + shards[1].fixture.tensors
    shards[0].fixture.tensors = []
    try write(shards)
    let file = try ModelFile(path: directory(shards[0].name))
    #expect(file.tensors.map(\.shard) == [1, 1, 2])
  }

  @Test func moreShardsThanOpenFilesAreRead() throws {
    let count = 40
    for index in 0..<count {
      let fixture = GGUFFixture(
        keys: [.uint16("split.no", UInt16(index)), .uint16("split.count", UInt16(count))],
        tensors: [.f32("t\(index)", [1], [Float(index)])])
      try directory.write(
        fixture.bytes, to: ShardName(prefix: "m", number: index + 1, count: count).path)
    }
    let file = try ModelFile(path: directory("m-00001-of-00040.gguf"))
    for _ in 0..<2 {
      for tensor in file.tensors {
        let expected = GGUFFixture.Tensor.f32(tensor.name, [1], [Float(tensor.shard)])
        #expect(try file.data(of: tensor) == expected.data)
      }
    }
    #if os(Linux)
      let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
      }
      #expect(open.filter { $0.hasPrefix(directory.path) }.count <= 16)
    #endif
  }

  @Test func shardName() throws {
    var shards = GGUFFixture.shards()
    shards[0].name = "model.gguf"
    try write(shards)
    let error = #expect(throws: FormatError.self) { try ModelFile(path: directory("model.gguf")) }
    #expect(error?.problem == .shardName(count: 3))
  }

  @Test func shardMissing() throws {
    var shards = GGUFFixture.shards()
    let missing = shards.remove(at: 1)
    #expect(try problem(shards) == .shardMissing(directory(missing.name)))
  }

  @Test func theFirstShardIsMissing() throws {
    let shards = Array(GGUFFixture.shards().dropFirst())
    try write(shards)
    let error = #expect(throws: FormatError.self) { try ModelFile(path: directory(shards[1].name)) }
    #expect(error?.path == directory(shards[1].name))
    #expect(error?.problem == .shardMissing(directory("model-00001-of-00003.gguf")))
  }

  @Test func shardNumber() throws {
    var shards = GGUFFixture.shards()
    shards[2].fixture.keys[0] = .uint16("split.no", 1)
    #expect(try problem(shards) == .shardNumber(found: 1, expected: 2))
  }

  @Test func shardCount() throws {
    var shards = GGUFFixture.shards()
    shards[2].fixture.keys.remove(at: 1)
    #expect(try problem(shards) == .shardCount(found: nil, expected: 3))
  }

  @Test func shardTensorCount() throws {
    var shards = GGUFFixture.shards()
    shards[2].fixture.tensors = []
    #expect(try problem(shards) == .shardTensorCount(found: 2, expected: 3))
  }

  @Test func shardOfAnotherModel() throws {
    var shards = GGUFFixture.shards()
    shards[1].fixture.keys.append(.string("general.architecture", "gemma"))
    #expect(try problem(shards) == .shardOfAnotherModel(key: "general.architecture"))
  }

  @Test("A later shard may repeat what the first one says, but not contradict it or add to it")
  func metadataOfLaterShards() throws {
    var shards = GGUFFixture.shards()
    shards[2].fixture.keys += [
      .uint32("llama.block_count", 1), .uint32("general.alignment", 32),
    ]
    try write(shards)
    _ = try ModelFile(path: directory(shards[0].name))
    for key in [GGUFFixture.Key.uint32("llama.block_count", 2), .string("general.finetune", "x")] {
      var shards = GGUFFixture.shards()
      shards[2].fixture.keys.append(key)
      let name = String(decoding: key.name, as: UTF8.self)
      #expect(try problem(shards) == .shardOfAnotherModel(key: name))
    }
  }

  @Test func aTensorOfTwoShardsIsADuplicate() throws {
    var shards = GGUFFixture.shards()
    shards[2].fixture.tensors = shards[1].fixture.tensors
    #expect(try problem(shards) == .duplicateTensor("blk.0.a.weight"))
  }

  @Test func shardNamesAreTakenApartAndPutTogether() throws {
    let name = try #require(ShardName(path: "a/b-of-c-00002-of-00011.gguf"))
    #expect(name == ShardName(prefix: "a/b-of-c", number: 2, count: 11))
    #expect(name.path == "a/b-of-c-00002-of-00011.gguf")
    for path in ["m.gguf", "m-2-of-3.gguf", "m-00004-of-00003.gguf", "m-00000-of-00003.gguf"] {
      #expect(ShardName(path: path) == nil)
    }
  }
}
