import Codecs
import GGUF

extension FuzzTarget {
  /// The decoders: the first byte chooses the type and the second the length of rows, the others are the
  /// blocks. Types without scales in floating point give finite weights.
  static let decoder = FuzzTarget("decoder") { bytes in
    guard bytes.count > 2 else { return }
    let codecs = Codec.all + Codec.decodeOnly
    let codec = codecs[Int(bytes[0]) % codecs.count]
    let columns = (1 + Int(bytes[1]) % 4) * codec.type.weightsPerBlock
    let rows = codec.type.rowsPerGroup
    guard let size = codec.type.bytes(rows: rows, columns: columns) else { return }
    // A group of its own size, so that a sanitizer sees any byte read beyond it.
    var group = [UInt8](repeating: 0, count: size)
    for place in group.indices where !bytes.isEmpty {
      group[place] = bytes[2 + place % (bytes.count - 2)]
    }
    let weights = [Float](unsafeUninitializedCapacity: rows * columns) { buffer, count in
      group.withUnsafeBytes {
        codec.decode($0, into: UnsafeMutableBufferPointer(rebasing: buffer[..<(rows * columns)]))
      }
      count = rows * columns
    }
    precondition(weights.count == rows * columns)
  }
}
