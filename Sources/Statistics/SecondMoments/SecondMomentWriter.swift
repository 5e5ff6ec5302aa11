import Codecs
package import GGUF
import KernelsC
package import Threads

/// Writes a file of second moments (see `SecondMomentFile`) slice by slice, whole or not at all.
package struct SecondMomentWriter: Sendable {
  private let sites: [SecondMomentSite]
  private let writer: ModelFileWriter

  /// Tiles that are written together: 2 MiB, so that what is remembered of each piece is little.
  private static let tilesPerPiece = 16

  /// Takes the room for the file.
  ///
  /// - Parameters:
  ///   - model: the fingerprint of the model that the moments are of.
  ///   - texts: names of the texts.
  ///   - tokens: those of both halves of the text.
  ///   - sequence: tokens of a sequence.
  ///   - reservation: the output, of one file.
  ///   - pause: called between the pieces of long reads; what it throws ends them.
  /// - Throws: `FormatError` where names or sizes are beyond what the format allows; `ConflictError` or `FileError`, for
  ///   want of space among others.
  package init(
    _ sites: [SecondMomentSite], model: ContentDigest, texts: [String], tokens: Int, sequence: Int,
    to reservation: Reservation, pause: @escaping @Sendable () throws -> Void = {}
  ) throws {
    self.sites = sites
    let header = SecondMomentHeader(
      model: model, texts: texts, tokens: tokens, sequence: sequence, sites: sites.map(\.weights))
    let layout: FileLayout
    do throws(FormatError.Problem) {
      var tensors: [(name: String, shape: [Int], type: TensorType)] = []
      for site in sites {
        for part in SecondMomentSite.Part.allCases {
          guard let shape = site.shape(part) else { throw .tooLarge(tensor: site.entry(part)) }
          tensors.append((site.entry(part), shape, part.type))
        }
      }
      layout = try FileLayout(metadata: header.metadata, tensors: tensors)
    } catch {
      throw FormatError(path: reservation.outputs[0], error)
    }
    fileBytes = layout.fileBytes
    writer = try ModelFileWriter([layout], to: reservation, pause: pause)
  }

  /// The size of the file.
  package let fileBytes: Int

  /// Writes the second moment of a slice in a half of the text.
  ///
  /// - Parameters:
  ///   - site: the number of the site.
  ///   - sums: Σ x xᵀ in the tiles of `TriangleTiles`, finite, of those on the diagonal the lower triangles, and zeros
  ///     beyond the matrix; nil where no token reached the slice.
  ///   - tokens: how many did.
  /// - Throws: `FileError`, or what `pause` throws.
  package func write(
    site index: Int, slice: Int, half: Int, sums: UnsafeBufferPointer<Float>?, tokens: Int,
    on workers: Workers
  ) throws {
    let site = sites[index]
    guard let tiles = TriangleTiles(columns: site.columns) else {
      preconditionFailure("the layout was made")
    }
    let sums = sums.map(SharedSums.init)
    let place = site.place(slice: slice, half: half)
    let squares = (0..<site.columns).map { sums?.square(tiles, column: $0) ?? 0 }
    try write([Float(tokens)], .counts, of: index, at: place)
    try write(squares, .squares, of: index, at: place)

    let scales = squares.map { $0 > 0 ? 1 / $0.squareRoot() : 0 }
    let pieces = (tiles.count + Self.tilesPerPiece - 1) / Self.tilesPerPiece
    try workers.forEach(pieces, makeState: { TileEncoder(tiles: Self.tilesPerPiece) }) {
      encoder, piece in
      let range =
        piece * Self.tilesPerPiece..<min((piece + 1) * Self.tilesPerPiece, tiles.count)
      for (offset, tile) in range.enumerated() {
        let (row, column) = tiles.place(of: tile)
        encoder.encode(
          sums?.tile(tile), rows: scales[tiles.range(row)], columns: scales[tiles.range(column)],
          isDiagonal: row == column, to: offset)
      }
      let byteOffset = 2 * TriangleTiles.elements * (place * tiles.count + range.lowerBound)
      try writer.write(
        encoder.bytes(tiles: range.count), tensor: Self.tensor(.correlations, of: index),
        at: byteOffset)
    }
  }

  /// Reads what was written of a site back, which is not needed but spreads the work.
  ///
  /// - Throws: `VerificationError`, `FileError`, or what `pause` throws.
  package func complete(site index: Int) throws {
    for part in SecondMomentSite.Part.allCases {
      try writer.complete(Self.tensor(part, of: index))
    }
  }

  /// Completes the file, and gives it its name.
  ///
  /// - Returns: What is uncertain about the file although it is complete, in a sentence; mostly nil.
  /// - Throws: As `ModelFileWriter.finish`.
  package func finish(by workers: Workers) throws -> String? { try writer.finish(by: workers) }

  private func write(
    _ numbers: [Float], _ part: SecondMomentSite.Part, of site: Int, at place: Int
  ) throws {
    let bytes = numbers.littleEndian
    try bytes.withUnsafeBytes {
      try writer.write($0, tensor: Self.tensor(part, of: site), at: bytes.count * place)
    }
  }

  /// The number of an entry in the file.
  private static func tensor(_ part: SecondMomentSite.Part, of site: Int) -> Int {
    let parts = SecondMomentSite.Part.allCases
    return site * parts.count + parts.firstIndex(of: part)!
  }
}

/// Sums in tiles, which threads read.
private struct SharedSums: @unchecked Sendable {
  private let values: UnsafeBufferPointer<Float>

  init(_ values: UnsafeBufferPointer<Float>) { self.values = values }

  func tile(_ index: Int) -> UnsafePointer<Float> {
    values.baseAddress! + index * TriangleTiles.elements
  }

  /// The value on the diagonal in a column.
  func square(_ tiles: TriangleTiles, column: Int) -> Float {
    let (band, offset) = (column / TriangleTiles.side, column % TriangleTiles.side)
    return tile(tiles.index(row: band, column: band))[offset * (TriangleTiles.side + 1)]
  }
}

/// Makes tiles of sums those of correlations as a file has them: one thread's worth.
private struct TileEncoder {
  private let values = AlignedBuffer<Float>(count: TriangleTiles.elements)
  private let halves: AlignedBuffer<UInt16>

  /// - Parameter tiles: how many there is room for.
  init(tiles: Int) { halves = AlignedBuffer(count: tiles * TriangleTiles.elements) }

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
    let target = halves.start + place * TriangleTiles.elements
    Kernels.active.pointee.float_to_half(values.start, target, Int32(TriangleTiles.elements))
    for index in 0..<TriangleTiles.elements { target[index] = target[index].littleEndian }
  }

  /// The first tiles.
  func bytes(tiles: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(halves.bytes(2 * TriangleTiles.elements * tiles))
  }
}
