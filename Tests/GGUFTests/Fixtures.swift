import GGUF
import TestSupport

/// Files that several tests start from.
extension GGUFFixture {
  /// Two keys; an `f32` vector, a matrix of `q8_0` and one of `iq4_kss`, whose rows have headers.
  static var small: GGUFFixture {
    var generator = SeededGenerator(seed: 1)
    return GGUFFixture(
      keys: [.string("general.architecture", "llama"), .uint32("llama.block_count", 1)],
      tensors: [
        .f32("blk.0.norm.weight", [4], [1, 2, 3, 4]),
        Tensor("blk.0.a.weight", [32, 3], type: 8, data: generator.bytes(3 * 34)),
        Tensor("blk.0.b.weight", [256, 2, 2], type: 146, data: generator.bytes(4 * (4 + 128))),
      ])
  }

  /// The files of `small` split so that each tensor has a shard of its own, by name.
  static func shards(of base: String = "model") -> [(name: String, fixture: GGUFFixture)] {
    let whole = small
    return whole.tensors.indices.map { index in
      var shard = GGUFFixture(keys: index == 0 ? whole.keys : [], tensors: [whole.tensors[index]])
      shard.keys += [
        .uint16("split.no", UInt16(index)),
        .uint16("split.count", UInt16(whole.tensors.count)),
        .int32("split.tensors.count", Int32(whole.tensors.count)),
      ]
      return (ShardName(prefix: base, number: index + 1, count: whole.tensors.count).path, shard)
    }
  }
}

extension TemporaryDirectory {
  /// Opens a model of these bytes.
  func open(_ bytes: [UInt8]) throws -> ModelFile {
    try ModelFile(path: write(bytes, to: "model.gguf"))
  }
}

extension ModelFile {
  /// All data of a tensor.
  func data(of tensor: TensorDescriptor) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: tensor.byteCount)
    try bytes.withUnsafeMutableBytes {
      try read(tensor, byteRange: 0..<tensor.byteCount, into: $0)
    }
    return bytes
  }
}
