import Codecs
import Compensation
import Foundation
import GGUF

/// What compensation gains with a codec on a matrix, one thread.
struct CompensationFigures: Encodable {
  let type: String
  /// Millions of weights a second, without and with compensation: medians over the passes.
  let plain: Double
  let compensated: Double
  /// The loss with compensation, as a share of that without.
  let loss: Double

  init(measuring codec: Codec, on matrix: BenchmarkMatrix, _ moments: BenchmarkMoments, passes: Int)
  {
    type = codec.type.name
    let size = codec.type.rowBytes(columns: matrix.columns)!
    let bytes = AlignedBuffer<UInt8>(count: matrix.rows * size)
    let objective = Objective.diagonal(matrix.importance[...])
    let encoder = codec.encoder(columns: matrix.columns, objective: objective)
    let compensating = CompensatedEncoder(
      codec, objective: objective, weighting: .importance, factor: moments.factor)
    let count = Double(matrix.rows * matrix.columns) / 1e6
    let rows = { (range: Range<Int>) in
      range.map { row in
        matrix.weights.withUnsafeBufferPointer {
          UnsafeBufferPointer(rebasing: $0[row * matrix.columns..<(row + 1) * matrix.columns])
        }
      }
    }
    plain =
      count
      / Self.median(passes) {
        for row in 0..<matrix.rows {
          encoder.encode(rows(row..<row + 1)[0], into: Self.room(row..<row + 1, size, bytes))
        }
      }
    let plainLoss = Self.loss(codec, matrix, moments, size, bytes)
    compensated =
      count
      / Self.median(passes) {
        for start in stride(from: 0, to: matrix.rows, by: CompensatedEncoder.tileRows) {
          let tile = start..<min(start + CompensatedEncoder.tileRows, matrix.rows)
          compensating.encode(rows(tile), into: Self.room(tile, size, bytes))
        }
      }
    loss = Self.loss(codec, matrix, moments, size, bytes) / plainLoss
  }

  var line: String {
    String(
      format: "%@ plain %8.2f  compensated %8.2f M weights/s  loss × %.4f",
      type.padding(toLength: 8, withPad: " ", startingAt: 0), plain, compensated, loss)
  }

  private static func median(_ passes: Int, _ body: () -> Void) -> Double {
    body()
    let times = (0..<passes).map { _ in ContinuousClock().measure(body) / .seconds(1) }
    return times.sorted()[passes / 2]
  }

  private static func room(
    _ rows: Range<Int>, _ size: Int, _ bytes: AlignedBuffer<UInt8>
  ) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(
      start: bytes.start + rows.lowerBound * size, count: rows.count * size)
  }

  private static func loss(
    _ codec: Codec, _ matrix: BenchmarkMatrix, _ moments: BenchmarkMoments, _ size: Int,
    _ bytes: AlignedBuffer<UInt8>
  ) -> Double {
    let decoded = AlignedBuffer<Float>(count: matrix.columns)
    return (0..<matrix.rows).reduce(0) { sum, row in
      codec.decode(
        UnsafeRawBufferPointer(room(row..<row + 1, size, bytes)), into: decoded.values)
      return sum
        + moments.loss(
          (0..<matrix.columns).map { decoded[$0] - matrix.weights[row * matrix.columns + $0] })
    }
  }
}
