import Codecs
import GGUF
import KernelsC

/// Makes tiles of sums those of correlations as a file has them: one thread's worth.
struct CorrelationEncoder {
  private let values = AlignedBuffer<Float>(count: TriangleTiles.elements)
  private let packed: AlignedBuffer<UInt16>

  /// - Parameter tiles: how many there is room for.
  init(tiles: Int) { packed = AlignedBuffer(count: tiles * TriangleTiles.elements) }

  /// Encodes a tile.
  ///
  /// - Parameters:
  ///   - sums: nil for zeros.
  ///   - rows: 1/√Hᵢᵢ of the matrix's rows in the tile, 0 where that is zero.
  ///   - columns: those of its columns.
  ///   - place: where it goes, in tiles.
  func encode(
    _ sums: UnsafePointer<Float>?, rows: ArraySlice<Float>, columns: ArraySlice<Float>,
    isDiagonal: Bool, to place: Int
  ) {
    let side = TriangleTiles.side
    values.values.update(repeating: 0)
    if let sums {
      columns.withUnsafeBufferPointer { columns in
        for (row, scale) in rows.enumerated() {
          let (source, target) = (sums + row * side, values.start + row * side)
          for column in 0..<(isDiagonal ? row + 1 : columns.count) {
            target[column] = min(max(source[column] * scale * columns[column], -1), 1)
          }
        }
      }
      if isDiagonal {
        for row in 0..<rows.count {
          for column in 0..<row { values[column * side + row] = values[row * side + column] }
        }
      }
    }
    let target = packed.start + place * TriangleTiles.elements
    Kernels.active.pointee.float_to_half(values.start, target, Int32(TriangleTiles.elements))
    for index in 0..<TriangleTiles.elements { target[index] = target[index].littleEndian }
  }

  /// The first tiles.
  func bytes(tiles: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(packed.bytes(2 * TriangleTiles.elements * tiles))
  }
}
