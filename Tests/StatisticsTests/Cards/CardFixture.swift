import TestSupport

/// A sensitivity card put together byte by byte, its members stored, sound unless it is told otherwise.
struct CardFixture {
  struct Member {
    var name: String
    var bytes: [UInt8]
    var method: UInt16 = 0
    /// What is in the archive; nil for `bytes`.
    var packed: [UInt8]?
    var checksum: UInt32?
    var declaredSize: UInt32?
    var offset: UInt32?
  }

  var header = """
    {"schema_version": "1.1", "provenance": {"model_id": "m", "n_calib_samples": 3, "seq_len": 4},
     "units": [
      {"name": "model.layers.0.mlp.up_proj", "out_features": 2, "in_features": 4, "n_tokens": 10,
       "route_prob": null, "vectors": ["act_sq_sum", "g_sq_sum"]},
      {"name": "model.layers.0.mlp.experts.gate_up_proj", "out_features": 4, "in_features": 2, "n_tokens": 10,
       "vectors": ["expert_g_sq_sum", "expert_act_sq_sum", "expert_tokens"]}]}
    """
  var members: [Member] = [
    Member(name: "v0_act_sq_sum.npy", bytes: array([4], [10, 20, 30, 40])),
    Member(name: "v0_g_sq_sum.npy", bytes: array([2], [1, 2])),
    Member(
      name: "v1_expert_g_sq_sum.npy", bytes: array([3, 4], (0..<12).map { Float($0) })),
    Member(name: "v1_expert_act_sq_sum.npy", bytes: array([3, 2], [2, 4, 6, 8, 0, 0])),
    Member(name: "v1_expert_tokens.npy", bytes: array([3], [2, 4, 0])),
  ]
  var comment: [UInt8] = []
  var declaredCount: UInt16?
  var directoryOffset: UInt32?

  /// A file of NumPy's.
  static func array(_ shape: [Int], _ values: [Float], type: String = "<f4") -> [UInt8] {
    let list = shape.map { "\($0), " }.joined()
    let dictionary = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(list)), }\n"
    var bytes: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]
    bytes.put(UInt16(dictionary.utf8.count))
    bytes += Array(dictionary.utf8)
    bytes.put(values)
    return bytes
  }

  private static func header(_ json: String) -> [UInt8] {
    array([json.utf8.count], [], type: "|u1") + Array(json.utf8)
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for member in [Member(name: "__header__.npy", bytes: Self.header(header))] + members {
      let offset = member.offset ?? UInt32(bytes.count)
      let packed = member.packed ?? member.bytes
      let sizes = [
        member.checksum ?? Self.checksum(member.bytes), UInt32(packed.count),
        member.declaredSize ?? UInt32(member.bytes.count),
      ]
      bytes.put(UInt32(0x0403_4B50))
      for number in [20, 0, member.method, 0, 0] as [UInt16] { bytes.put(number) }
      for number in sizes { bytes.put(number) }
      bytes.put(UInt16(member.name.utf8.count))
      bytes.put(UInt16(4))
      bytes += Array(member.name.utf8) + [9, 9, 0, 0] + packed
      directory.put(UInt32(0x0201_4B50))
      for number in [20, 20, 0, member.method, 0, 0] as [UInt16] { directory.put(number) }
      for number in sizes { directory.put(number) }
      for number in [UInt16(member.name.utf8.count), 0, 0, 0, 0] { directory.put(number) }
      directory.put(UInt32(0))
      directory.put(offset)
      directory += Array(member.name.utf8)
    }
    let count = declaredCount ?? UInt16(members.count + 1)
    let start = directoryOffset ?? UInt32(bytes.count)
    bytes += directory
    bytes.put(UInt32(0x0605_4B50))
    for number in [0, 0, count, count] as [UInt16] { bytes.put(number) }
    bytes.put(UInt32(directory.count))
    bytes.put(start)
    bytes.put(UInt16(comment.count))
    return bytes + comment
  }

  /// CRC-32, bit by bit.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt32 = .max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 {
        let half = sum >> 1
        sum = sum & 1 == 0 ? half : half ^ 0xEDB8_8320
      }
    }
    return ~sum
  }
}
