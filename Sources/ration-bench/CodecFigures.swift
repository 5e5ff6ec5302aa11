import Codecs
import Foundation
import GGUF

/// What a codec achieves on a matrix, one thread.
struct CodecFigures: Encodable {
  let type: String
  /// Millions of weights a second, medians over the passes.
  let encode: Double
  let decode: Double
  /// Σ h (w − decoded)² ÷ Σ h w², after encoding with importance.
  let weightedRelativeError: Double

  enum CodingKeys: String, CodingKey {
    case type, encode, decode
    case weightedRelativeError = "weighted_relative_error"
  }

  init(measuring codec: Codec, on matrix: BenchmarkMatrix, passes: Int) {
    type = codec.type.name
    let size = codec.type.rowBytes(columns: matrix.columns)!
    // Aligned, so that figures do not depend on where the memory lies.
    let bytes = AlignedBuffer<UInt8>(count: matrix.rows * size)
    // One row, so that decoding is timed, not memory.
    let decoded = AlignedBuffer<Float>(count: matrix.columns)
    let encoder = codec.encoder(
      columns: matrix.columns, objective: .diagonal(matrix.importance[...]))
    let count = Double(matrix.rows * matrix.columns) / 1e6
    encode = count / Self.median(passes) { Self.encodeAll(encoder, matrix, size, bytes) }
    decode = count / Self.median(passes) { Self.decodeAll(codec, matrix, size, bytes, decoded) }
    weightedRelativeError = Self.error(codec, matrix, size, bytes, decoded)
  }

  var line: String {
    String(
      format: "%@ encode %9.2f  decode %9.1f M weights/s  weighted relative error %.6f",
      type.padding(toLength: 8, withPad: " ", startingAt: 0), encode, decode,
      weightedRelativeError)
  }

  private static func median(_ passes: Int, _ body: () -> Void) -> Double {
    body()
    let times = (0..<passes).map { _ in ContinuousClock().measure(body) / .seconds(1) }
    return times.sorted()[passes / 2]
  }

  private static func encodeAll(
    _ encoder: RowEncoder, _ matrix: BenchmarkMatrix, _ size: Int, _ bytes: AlignedBuffer<UInt8>
  ) {
    matrix.weights.withUnsafeBufferPointer { weights in
      for row in 0..<matrix.rows {
        let start = row * matrix.columns
        encoder.encode(
          UnsafeBufferPointer(rebasing: weights[start..<start + matrix.columns]),
          into: UnsafeMutableRawBufferPointer(start: bytes.start + row * size, count: size))
      }
    }
  }

  private static func decodeAll(
    _ codec: Codec, _ matrix: BenchmarkMatrix, _ size: Int, _ bytes: AlignedBuffer<UInt8>,
    _ decoded: AlignedBuffer<Float>
  ) {
    for row in 0..<matrix.rows { decode(row, codec, size, bytes, decoded) }
  }

  private static func decode(
    _ row: Int, _ codec: Codec, _ size: Int, _ bytes: AlignedBuffer<UInt8>,
    _ decoded: AlignedBuffer<Float>
  ) {
    codec.decode(
      UnsafeRawBufferPointer(start: bytes.start + row * size, count: size), into: decoded.values)
  }

  private static func error(
    _ codec: Codec, _ matrix: BenchmarkMatrix, _ size: Int, _ bytes: AlignedBuffer<UInt8>,
    _ decoded: AlignedBuffer<Float>
  ) -> Double {
    var error = 0.0
    var energy = 0.0
    for row in 0..<matrix.rows {
      decode(row, codec, size, bytes, decoded)
      for column in 0..<matrix.columns {
        let weight = Double(matrix.weights[row * matrix.columns + column])
        let difference = weight - Double(decoded[column])
        error += Double(matrix.importance[column]) * difference * difference
        energy += Double(matrix.importance[column]) * weight * weight
      }
    }
    return error / energy
  }
}
