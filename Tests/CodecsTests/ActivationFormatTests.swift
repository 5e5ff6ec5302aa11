import Codecs
import GGUF
import Testing
import TestSupport

@Suite("Formats of activations") struct ActivationFormatTests {
  /// Two blocks of 256 numbers, the second much smaller.
  private static let numbers: [Float] = {
    var random = SeededGenerator(seed: 3)
    return (0..<512).map { Float.random(in: -1...1, using: &random) * ($0 < 256 ? 8 : 0.01) }
  }()

  private func rounded(_ numbers: [Float], _ format: ActivationFormat) -> [Float] {
    var rounded = numbers
    rounded.withUnsafeMutableBufferPointer {
      format.round($0.baseAddress!, into: $0.baseAddress!, count: $0.count)
    }
    return rounded
  }

  @Test("f32 changes nothing, and halves are the nearest")
  func halves() {
    #expect(rounded(Self.numbers, .f32) == Self.numbers)
    for (format, step) in [(ActivationFormat.f16, Float(0x1p-11)), (.bf16, 0x1p-8)] {
      for (number, found) in zip(Self.numbers, rounded(Self.numbers, format)) {
        #expect(abs(found - number) <= step * abs(number))
      }
    }
    #expect(rounded([1 + 0x1p-8], .bf16) == [1])
    #expect(rounded([1 + 0x3p-8], .bf16) == [1 + 0x1p-6])
  }

  @Test(
    "integers of eight bits share a scale, which makes the largest of a block 127",
    arguments: [(ActivationFormat.q8_2, 32), (.q8_K, 256)])
  func blocks(format: ActivationFormat, size: Int) {
    let found = rounded(Self.numbers, format)
    for start in stride(from: 0, to: found.count, by: size) {
      let block = Self.numbers[start..<start + size]
      let largest = block.map(abs).max()!
      var scale = largest / 127
      if format == .q8_2 { scale = rounded([scale], .bf16)[0] }
      for index in block.indices {
        let integer = (found[index] / scale).rounded()
        #expect(found[index] == integer * scale && abs(integer) <= 127)
        #expect(abs(found[index] - block[index]) <= 0.5001 * scale)
      }
    }
  }

  @Test("zeros stay zero", arguments: [ActivationFormat.f16, .bf16, .q8_2, .q8_K])
  func zeros(format: ActivationFormat) {
    #expect(rounded([Float](repeating: 0, count: 256), format).allSatisfy { $0 == 0 })
  }

  @Test("every type that is encoded has a format whose blocks fit its rows")
  func types() {
    for codec in Codec.all {
      switch codec.type.activationFormat {
      case .q8_K: #expect(codec.type.weightsPerBlock % 256 == 0, "\(codec.type.name)")
      case .q8_2: #expect(codec.type.weightsPerBlock % 32 == 0, "\(codec.type.name)")
      case .f32, .f16, .bf16: #expect(!codec.type.isQuantized, "\(codec.type.name)")
      case nil: #expect(Self.unknown.contains(codec.type.name), "\(codec.type.name)")
      }
    }
  }

  /// Types whose inputs ik_llama.cpp rounds in formats that are not known here, or that it has not.
  private static let unknown: Set<String> = [
    "iq1_bn", "iq2_bn", "iq2_bn_r4", "iq1_s_r4", "iq1_m_r4", "q8_KV", "q8_KV_r8",
  ]
}
