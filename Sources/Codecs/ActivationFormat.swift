package import GGUF
import KernelsC

/// How a runtime on processors rounds what a weight of some type is multiplied with.
///
/// ik_llama.cpp 8337e4cd on x86-64: the `vec_dot_type` of each type in `ggml.c`, `block_q8_2` and `block_q8_K` in
/// `ggml-common.h`, and the rounding in `iqk_quantize.cpp`. llama.cpp rounds the inputs of `Q4_K`, `Q5_K` and `Q6_K` in
/// blocks of 256.
package enum ActivationFormat: Sendable, Equatable {
  /// Not at all.
  case f32
  case f16
  case bf16
  /// 32 numbers are integers from −127 to 127 that share a scale of `bf16`.
  case q8_2
  /// 256 numbers are integers from −127 to 127 that share a scale.
  case q8_K

  /// Rounds numbers, of which there are as many as whole blocks have; `rounded` may be `numbers`.
  package func round(
    _ numbers: UnsafePointer<Float>, into rounded: UnsafeMutablePointer<Float>, count: Int
  ) {
    let kernels = Kernels.active.pointee
    switch self {
    case .f32:
      if numbers != rounded { rounded.update(from: numbers, count: count) }
    case .f16:
      withUnsafeTemporaryAllocation(of: UInt16.self, capacity: count) { halves in
        kernels.float_to_half(numbers, halves.baseAddress!, Int32(count))
        kernels.half_to_float(halves.baseAddress!, rounded, Int32(count))
      }
    case .bf16:
      withUnsafeTemporaryAllocation(of: UInt16.self, capacity: count) { halves in
        kernels.float_to_bfloat(numbers, halves.baseAddress!, Int32(count))
        kernels.bfloat_to_float(halves.baseAddress!, rounded, Int32(count))
      }
    case .q8_2:
      Self.round(numbers, into: rounded, count: count, block: 32) { scale in
        // To the nearest of 16 bits, of two the even one.
        let bits = scale.bitPattern
        return Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000)
      }
    case .q8_K:
      Self.round(numbers, into: rounded, count: count, block: 256) { $0 }
    }
  }

  /// Rounds blocks to multiples of their scales.
  ///
  /// - Parameter scale: gives what is kept of a scale.
  private static func round(
    _ numbers: UnsafePointer<Float>, into rounded: UnsafeMutablePointer<Float>, count: Int,
    block: Int, scale: (Float) -> Float
  ) {
    for start in stride(from: 0, to: count, by: block) {
      let end = min(start + block, count)
      var largest: Float = 0
      for index in start..<end { largest = max(largest, abs(numbers[index])) }
      let scale = scale(largest / 127)
      let inverse = scale > 0 ? 1 / scale : 0
      for index in start..<end {
        // Adding 1.5 × 2²³ leaves no bits behind the point, and is exact for integers.
        let integer = (numbers[index] * inverse + 0x1.8p23) - 0x1.8p23
        rounded[index] = integer * scale
      }
    }
  }
}

extension TensorType {
  /// How ik_llama.cpp rounds what weights of this type are multiplied with; nil where that is not known here.
  package var activationFormat: ActivationFormat? {
    switch id {
    case TensorType.F32.id: .f32
    case TensorType.F16.id: .f16
    case TensorType.BF16.id, TensorType.BF16_R16.id: .bf16
    case _ where Self.roundedByRows.contains(id): nil
    case _ where weightsPerBlock == 32 || Self.roundedBy32.contains(id): .q8_2
    case _ where weightsPerBlock == 256: .q8_K
    default: nil
    }
  }

  /// Types of 256 weights whose inputs are rounded in blocks of 32.
  private static let roundedBy32: Set<UInt32> = Set(
    [Q4_K, Q5_K, Q6_K, IQ5_K, IQ1_KT, IQ2_KT, IQ3_KT, IQ4_KT, Q1_0].map(\.id))

  /// Types whose inputs are rounded in formats of their own, some by whole rows.
  private static let roundedByRows: Set<UInt32> = Set(
    [IQ1_BN, IQ2_BN, IQ2_BN_R4, IQ1_S_R4, IQ1_M_R4, Q8_KV, Q8_KV_R8].map(\.id))
}
