import GGUF

/// BF16 with 16 rows interleaved.  16 bits per weight.
///
/// The words of two columns stand together, row after row; those of a last single column likewise.
enum BF16_R16: DecodeOnlyFormat {
  static let type = TensorType.BF16_R16

  static func decode(_ group: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let columns = weights.count / 16
    for start in stride(from: 0, to: columns, by: 2) {
      let width = min(2, columns - start)
      for row in 0..<16 {
        for j in 0..<width {
          let word = UInt32(group.word(2 * (16 * start + width * row + j)))
          weights[row * columns + start + j] = Float(bitPattern: word << 16)
        }
      }
    }
  }
}
