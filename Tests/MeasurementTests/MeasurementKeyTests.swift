import Codecs
import GGUF
import Measurement
import Statistics
import Testing
import TestSupport

@Suite struct MeasurementKeyTests {
  static func digest(
    _ bytes: [UInt8], _ shape: [Int] = [4, 2], _ type: TensorType = .F16, name: String = "a.weight"
  ) throws -> ContentDigest {
    var digest = TensorDigest(try TensorDescriptor(name: name, shape: shape, type: type))
    bytes.withUnsafeBytes { digest.update($0) }
    return digest.finish()
  }

  static func weights(
    importance: [Float] = [1, 2, 3, 4], sensitivity: [Float]? = [5, 6], unit: LossUnit = .nats
  ) throws -> LossMetric {
    LossMetric(
      of: try TensorDescriptor(name: "a.weight", shape: [4, 2], type: .F16),
      TensorStatistics(importance: importance, rowSensitivity: sensitivity), use: .matrix,
      totalTokens: 0, unit: unit)
  }

  static let bytes = [UInt8](0..<16)

  @Test func aTensorsKeyChangesWithItsBytesShapeAndType() throws {
    var keys = [try Self.digest(Self.bytes)]
    for index in Self.bytes.indices {
      var changed = Self.bytes
      changed[index] ^= 0x80
      keys.append(try Self.digest(changed))
    }
    keys.append(try Self.digest(Self.bytes, [2, 4]))
    keys.append(try Self.digest(Self.bytes, [8]))
    keys.append(try Self.digest(Self.bytes, [4, 2], .BF16))
    keys.append(try Self.digest(Array(Self.bytes.dropLast())))
    #expect(Set(keys).count == keys.count)
  }

  @Test func aTensorsKeyDependsNeitherOnItsNameNorOnHowItIsRead() throws {
    let whole = try Self.digest(Self.bytes)
    #expect(try Self.digest(Self.bytes, name: "b.weight") == whole)
    var pieces = TensorDigest(
      try TensorDescriptor(name: "a.weight", shape: [4, 2], type: .F16))
    Self.bytes.withUnsafeBytes { bytes in
      pieces.update(UnsafeRawBufferPointer(rebasing: bytes[..<5]))
      pieces.update(UnsafeRawBufferPointer(rebasing: bytes[5...]))
    }
    #expect(pieces.finish() == whole)
  }

  @Test func theWeightsKeyChangesWithEachFactorTheUnitAndTheSource() throws {
    let keys = try [
      Self.weights(), Self.weights(importance: [1, 2, 3, 5]), Self.weights(sensitivity: [5, 7]),
      Self.weights(unit: .weightedSquaredError),
      Self.weights(sensitivity: nil, unit: .weightedSquaredError),
    ].map(\.key)
    // The last two have the same factors, unit and source: the sensitivity is not used.
    #expect(Set(keys).count == 4 && keys[3] == keys[4])
    // A flat importance that was measured shapes the encoder, the absence of one does not.
    let flat = try Self.weights(
      importance: [1, 1, 1, 1], sensitivity: nil, unit: .weightedSquaredError)
    let none = LossMetric(
      of: try TensorDescriptor(name: "a.weight", shape: [4, 2], type: .F16), nil, use: .matrix,
      totalTokens: 0, unit: .weightedSquaredError)
    #expect(flat.key != none.key)
  }

  @Test func aMeasurementsKeyChangesWithAllThatItDependsOn() throws {
    let content = try Self.digest(Self.bytes)
    let weights = try Self.weights().key
    let base = ContentDigest(
      content: content, weights: weights, codec: try Self.codec(.Q8_0), rows: 32)
    let others = [
      ContentDigest(
        content: try Self.digest(Self.bytes.reversed()), weights: weights,
        codec: try Self.codec(.Q8_0), rows: 32),
      ContentDigest(
        content: content, weights: try Self.weights(importance: [4, 3, 2, 1]).key,
        codec: try Self.codec(.Q8_0), rows: 32),
      ContentDigest(content: content, weights: weights, codec: try Self.codec(.Q4_0), rows: 32),
      ContentDigest(content: content, weights: weights, codec: try Self.codec(.Q8_0), rows: 33),
      ContentDigest(
        content: weights, weights: content, codec: try Self.codec(.Q8_0), rows: 32),
    ]
    #expect(Set(others + [base]).count == 6)
    #expect(
      base
        == ContentDigest(
          content: content, weights: weights, codec: try Self.codec(.Q8_0), rows: 32))
  }

  @Test func everyCodecHasAKeyOfItsOwn() throws {
    let content = try Self.digest(Self.bytes)
    let keys = Codec.all.map {
      ContentDigest(content: content, weights: content, codec: $0, rows: 1)
    }
    #expect(Set(keys).count == Codec.all.count)
  }

  @Test func theDigestOfATextIsSHA256() {
    #expect(
      ContentDigest(of: "abc").hexadecimal
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  static func codec(_ type: TensorType) throws -> Codec { try #require(Codec.of(type)) }
}
