import GGUF

/// One scale for the whole row.  8 bits per weight, and 8 bytes a row; ik_llama.cpp only.
///
///     row start    d       Float32
///     row start    sum     Int32 at 4, of the codes; not needed to decode
///     offset  0    codes   8 bits, signed
///
///     weight = d × code
enum Q8_KV: DecodeOnlyFormat {
  static let type = TensorType.Q8_KV

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let d = row.single(0)
    for j in weights.indices { weights[j] = d * Float(row.signedByte(8 + j)) }
  }
}
