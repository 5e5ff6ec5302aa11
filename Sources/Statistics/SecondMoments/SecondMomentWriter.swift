package import GGUF
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
    try workers.forEach(pieces, makeState: { CorrelationEncoder(tiles: Self.tilesPerPiece) }) {
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
  func square(_ tiles: TriangleTiles, column: Int) -> Float { values[tiles.diagonal(column)] }
}
