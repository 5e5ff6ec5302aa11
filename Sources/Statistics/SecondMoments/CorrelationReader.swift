import Codecs
import GGUF
import KernelsC

/// Reads tiles of correlations, and puts them into the square matrix that they are of: one thread's worth.
struct CorrelationReader {
  private let packed = AlignedBuffer<UInt16>(count: TriangleTiles.elements)
  private let read = AlignedBuffer<Float>(count: TriangleTiles.elements)
  private let sum = AlignedBuffer<Float>(count: TriangleTiles.elements)

  /// What the rounding of a correlation may add to it.
  private static let bound: Float = 1 + 0x1p-10

  /// Begins a tile.
  func clear() { sum.values.update(repeating: 0) }

  /// Adds a tile, every value times the factors of its row and its column.
  func add(
    _ file: ModelFile, _ tensor: TensorDescriptor, tile: Int, rows: ArraySlice<Float>,
    columns: ArraySlice<Float>
  ) throws {
    let count = TriangleTiles.elements
    try file.read(
      tensor, byteRange: 2 * count * tile..<2 * count * (tile + 1), into: packed.bytes(2 * count))
    for index in 0..<count { packed[index] = UInt16(littleEndian: packed[index]) }
    Kernels.active.pointee.half_to_float(packed.start, read.start, Int32(count))
    var faults = 0
    for index in 0..<count { faults += abs(read[index]) <= Self.bound ? 0 : 1 }
    guard faults == 0 else {
      let index = read.values.firstIndex { !(abs($0) <= Self.bound) } ?? 0
      throw StatisticsError.Problem.noCorrelation(entry: tensor.name, index: count * tile + index)
    }
    columns.withUnsafeBufferPointer { columns in
      for (row, factor) in rows.enumerated() {
        let (source, target) = (
          read.start + row * TriangleTiles.side, sum.start + row * TriangleTiles.side
        )
        for column in columns.indices {
          target[column] += source[column] * factor * columns[column]
        }
      }
    }
  }

  /// Makes the upper triangle of a tile on the diagonal that of the lower, and the diagonal that of correlations.
  func completeDiagonal(_ isAlive: ArraySlice<Bool>) {
    for (row, isAlive) in isAlive.enumerated() {
      for column in 0..<row {
        sum[column * TriangleTiles.side + row] = sum[row * TriangleTiles.side + column]
      }
      sum[row * (TriangleTiles.side + 1)] = isAlive ? 1 : 0
    }
  }

  /// Puts the tile into both triangles of a matrix.
  func put(
    _ rows: Range<Int>, _ columns: Range<Int>, into matrix: UnsafeMutablePointer<Float>,
    stride: Int
  ) {
    for value in sum.values.indices { sum[value] = min(max(sum[value], -1), 1) }
    for (offset, row) in rows.enumerated() {
      (matrix + row * stride + columns.lowerBound).update(
        from: sum.start + offset * TriangleTiles.side, count: columns.count)
    }
    guard rows != columns else { return }
    for (offset, column) in columns.enumerated() {
      let target = matrix + column * stride + rows.lowerBound
      for row in 0..<rows.count { target[row] = sum[row * TriangleTiles.side + offset] }
    }
  }
}
