import Codecs
import GGUF
import Testing
import TestSupport

/// Scales that are no numbers, in every type that is decoded.
@Suite("A scale that is no number") struct NonFiniteTests {
  static let quantized = (Codec.all + Codec.decodeOnly).filter { $0.type.isQuantized }
  static let columns = 256

  /// Bytes of a group of rows: any, but such that no half or float among them is NaN or infinite.
  private static func group(_ codec: Codec, seed: UInt64?) -> [UInt8] {
    let count = codec.type.bytes(rows: codec.type.rowsPerGroup, columns: columns)!
    guard let seed else { return [UInt8](repeating: 0, count: count) }
    var random = SeededGenerator(seed: seed)
    return random.bytes(count).map { $0 & 0x3B }
  }

  /// The weights of a group, read strictly.
  private static func weights(_ codec: Codec, _ bytes: [UInt8]) -> [Float] {
    var weights = [Float](repeating: 0, count: codec.type.rowsPerGroup * columns)
    weights.withUnsafeMutableBufferPointer { weights in
      bytes.withUnsafeBytes { codec.decodeStrictly($0, into: weights) }
    }
    return weights
  }

  /// A number as it stands in a block.
  private struct Field {
    let offset: Int
    let isHalf: Bool

    func bytes(_ value: Float) -> [UInt8] {
      isHalf
        ? withUnsafeBytes(of: Float16(value).bitPattern.littleEndian, Array.init)
        : withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init)
    }
  }

  /// The halves and floats that weights are linear in: scales, offsets and minimums, wherever they stand.
  private static func fields(_ codec: Codec) -> [Field] {
    let base = group(codec, seed: 7)
    return (0..<min(base.count, 288)).flatMap { offset in
      [true, false].map { Field(offset: offset, isHalf: $0) }
    }.filter { field in
      guard field.offset + (field.isHalf ? 2 : 4) <= base.count else { return false }
      func weights(_ value: Float) -> [Float] {
        Self.weights(codec, base.replacing(field.bytes(value), at: field.offset))
      }
      let zero = weights(0)
      let one = zip(weights(1), zero).map { $0 - $1 }
      guard one.contains(where: { $0 != 0 }) else { return false }
      return [2, 0.5, -1].allSatisfy { factor in
        zip(zip(weights(factor), zero), one).allSatisfy { pair, one in
          abs(pair.0 - pair.1 - factor * one) <= 1e-3 * abs(one) + 1e-6 * abs(pair.1)
        }
      }
    }
  }

  @Test("shows in the weights, whatever the codes are that it scales", arguments: quantized)
  func shows(codec: Codec) {
    let fields = Self.fields(codec)
    // Those two have exponents, and IQ1_M a half in four pieces.
    let hasNone = [TensorType.MXFP4, .MXFP4_R8, .IQ1_M].contains(codec.type)
    #expect(fields.isEmpty == hasNone)
    for field in fields {
      for seed: UInt64? in [7, nil] {
        for value in [Float.nan, .signalingNaN, .infinity, -.infinity] {
          let bytes = Self.group(codec, seed: seed).replacing(field.bytes(value), at: field.offset)
          #expect(
            Self.weights(codec, bytes).contains { !$0.isFinite }, "\(value) at \(field.offset)")
        }
      }
    }
  }

  @Test("shows where a half is in four pieces", arguments: [0x7C00, 0xFC00, 0x7E00, 0x7C01])
  func pieces(half: Int) throws {
    let codec = try #require(Codec.of(.IQ1_M))
    for seed: UInt64? in [7, nil] {
      var bytes = Self.group(codec, seed: seed)
      for word in 0..<4 {
        bytes[49 + 2 * word] = bytes[49 + 2 * word] & 15 | UInt8(half >> (4 * word) & 15) << 4
      }
      #expect(Self.weights(codec, bytes).allSatisfy { !$0.isFinite })
    }
  }

  @Test(
    "shows where an exponent stands for NaN, in its block and no other",
    arguments: [TensorType.MXFP4, .MXFP4_R8])
  func exponents(type: TensorType) throws {
    let codec = try #require(Codec.of(type))
    // Block 2 of row 0: 17 bytes a block, that of 8 rows together.
    let rows = type.rowsPerGroup
    for row in 0..<rows {
      for seed: UInt64? in [7, nil] {
        let bytes = Self.group(codec, seed: seed).replacing([255], at: 2 * 17 * rows + row)
        let wrong = Self.weights(codec, bytes).indices(where: { !$0.isFinite })
        let start = row * Self.columns + 64
        #expect(wrong == RangeSet(start..<start + 32))
      }
    }
  }

  @Test("is found at its row and columns, run by run", arguments: [1, 2, 3] as [UInt64])
  func places(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let columns = 40_000
    let tensor = try TensorDescriptor(name: "a", shape: [columns, 3], type: .F32)
    var weights = [Float](repeating: 1, count: 3 * columns)
    var expected: [Range<Int>] = []
    for row in 0..<3 {
      for start in stride(from: 0, to: columns, by: 5000) {
        let length = Int.random(in: 1...9, using: &random)
        for index in start..<start + length { weights[row * columns + index] = .infinity }
        expected.append(row * columns + start..<row * columns + start + length)
      }
      // A run that reaches the end of the row, so that it touches the next row's first.
      weights[(row + 1) * columns - 1] = .nan
      expected.append((row + 1) * columns - 1..<(row + 1) * columns)
    }
    var found: [Range<Int>] = []
    var search = NonFiniteSearch()
    let codec = try #require(Codec.of(.F32))
    weights.withUnsafeBytes { bytes in
      search.look(in: bytes, of: tensor, from: 0, codec) { row, columns, value in
        #expect(!value.isFinite)
        found.append(row * 40_000 + columns.lowerBound..<row * 40_000 + columns.upperBound)
      }
    }
    #expect(found == expected)
  }

  @Test("is found in rows that stand in groups, or have headers", arguments: quantized)
  func groups(codec: Codec) throws {
    let type = codec.type
    let rows = 2 * type.rowsPerGroup
    let tensor = try TensorDescriptor(name: "a", shape: [Self.columns, rows], type: type)
    let bytes = Self.group(codec, seed: 7) + Self.group(codec, seed: 8).map { _ in 0xFF }
    var found: Set<Int> = []
    var search = NonFiniteSearch()
    bytes.withUnsafeBytes {
      search.look(in: $0, of: tensor, from: 0, codec) { row, _, _ in found.insert(row) }
    }
    #expect(found == Set(type.rowsPerGroup..<rows))
  }
}

extension [UInt8] {
  fileprivate func replacing(_ bytes: [UInt8], at offset: Int) -> [UInt8] {
    var copy = self
    copy.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    return copy
  }
}
