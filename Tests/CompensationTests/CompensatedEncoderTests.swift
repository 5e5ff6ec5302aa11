import Codecs
import Compensation
import GGUF
import LinearAlgebra
import Testing
import Threads

/// Laws over all types that round in units.
@Suite("Encoding with compensation") struct CompensatedEncoderTests {
  static let codecs = Codec.all.filter { $0.canEncode && $0.type.isQuantized }
  static let columns = 512

  private func factor(_ layer: CorrelatedLayer, shrinkage: Float = 0.1) -> SecondMomentFactor {
    SecondMomentFactor(
      layer.matrix, importance: layer.importance, coupled: layer.importance, shrinkage: shrinkage,
      on: Workers(1))
  }

  /// The bytes of rows that are encoded side by side.
  private func encode(
    _ rows: [[Float]], _ codec: Codec, _ layer: CorrelatedLayer, _ factor: SecondMomentFactor
  ) -> [[UInt8]] {
    let encoder = CompensatedEncoder(
      codec, objective: .diagonal(layer.importance[...]), weighting: .importance, factor: factor)
    let size = codec.type.rowBytes(columns: layer.columns)!
    let values = Matrix(rows: rows.count, columns: layer.columns)
    for (row, weights) in rows.enumerated() {
      for column in weights.indices { values[row][column] = weights[column] }
    }
    var bytes = [UInt8](repeating: 0, count: rows.count * size)
    bytes.withUnsafeMutableBytes { bytes in
      encoder.encode((0..<rows.count).map { UnsafeBufferPointer(values.row($0)) }, into: bytes)
    }
    return rows.indices.map { Array(bytes[$0 * size..<($0 + 1) * size]) }
  }

  private func encodeAlone(_ row: [Float], _ codec: Codec, _ layer: CorrelatedLayer) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: codec.type.rowBytes(columns: layer.columns)!)
    let encoder = codec.encoder(
      columns: layer.columns, objective: .diagonal(layer.importance[...]))
    bytes.withUnsafeMutableBytes { bytes in
      row.withUnsafeBufferPointer { encoder.encode($0, into: bytes) }
    }
    return bytes
  }

  private func errors(_ bytes: [UInt8], _ row: [Float], _ codec: Codec) -> [Float] {
    var decoded = [Float](repeating: 0, count: row.count)
    bytes.withUnsafeBytes { bytes in
      decoded.withUnsafeMutableBufferPointer { codec.decode(bytes, into: $0) }
    }
    return zip(decoded, row).map { $0 - $1 }
  }

  @Test("loses much less where inputs go together", arguments: codecs)
  func gain(codec: Codec) {
    let layer = CorrelatedLayer(columns: Self.columns)
    let compensated = encode(layer.rows, codec, layer, factor(layer))
    var (with, without) = (0.0, 0.0)
    for (row, bytes) in zip(layer.rows, compensated) {
      with += layer.loss(errors(bytes, row, codec))
      without += layer.loss(errors(encodeAlone(row, codec, layer), row, codec))
    }
    #expect(with < 0.6 * without)
  }

  @Test("loses no more than a little where they do not", arguments: codecs)
  func independent(codec: Codec) {
    let layer = CorrelatedLayer(columns: Self.columns, directions: 0)
    let compensated = encode(layer.rows, codec, layer, factor(layer))
    var (with, without) = (0.0, 0.0)
    for (row, bytes) in zip(layer.rows, compensated) {
      with += layer.loss(errors(bytes, row, codec))
      without += layer.loss(errors(encodeAlone(row, codec, layer), row, codec))
    }
    #expect(with < 1.02 * without)
  }

  @Test("gives a row the same bytes whatever stands beside it", arguments: codecs)
  func tiles(codec: Codec) {
    let layer = CorrelatedLayer(columns: Self.columns, rows: 19)
    let factor = factor(layer)
    let together = encode(layer.rows, codec, layer, factor)
    for place in [0, 16, 18] {
      #expect(encode([layer.rows[place]], codec, layer, factor)[0] == together[place])
    }
  }

  @Test("keeps a row of zeros", arguments: codecs)
  func zeros(codec: Codec) {
    let layer = CorrelatedLayer(columns: Self.columns, rows: 2)
    let zeros = [Float](repeating: 0, count: Self.columns)
    let bytes = encode([layer.rows[0], zeros], codec, layer, factor(layer))
    #expect(errors(bytes[1], zeros, codec).allSatisfy { $0 == 0 })
  }

  @Test("gives numbers for rows of any size", arguments: codecs, [Float(1e-30), 1e15])
  func size(codec: Codec, scale: Float) {
    let layer = CorrelatedLayer(columns: Self.columns, rows: 1)
    let row = layer.rows[0].map { $0 * scale }
    let bytes = encode([row], codec, layer, factor(layer))
    let errors = errors(bytes[0], row, codec)
    #expect(errors.allSatisfy { $0.isFinite })
  }
}
