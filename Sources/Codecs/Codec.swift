package import GGUF

/// A tensor type that Ration can read, and mostly write.
package struct Codec: Sendable {
  /// The type's id, name and geometry.
  package let type: TensorType
  /// The generation of the encoder; figures measured under another one are stale.
  package let revision: Int
  /// Whether the type is of use only with importance: with so few bits, all depends on which
  /// weights matter. Encoding without it works nevertheless.
  package let requiresImportance: Bool
  /// Columns that an encoder rounds together: see `RowEncoder`. It divides the block; 0 for a type that is only
  /// read.
  package var unitColumns: Int { makeUnitColumns() }

  private let decodeGroup: @Sendable (UnsafeRawPointer, UnsafeMutableBufferPointer<Float>) -> Void
  private let unscaledBlocks: @Sendable (UnsafeRawPointer, _ weights: Int) -> [Int]
  // Not a value: it may need the type's tables.
  private let makeUnitColumns: @Sendable () -> Int
  private let makeEncoding: (@Sendable (_ columns: Int) -> any RowEncoding)?

  init<Format: RowFormat>(_: Format.Type) {
    type = Format.type
    revision = Format.revision
    requiresImportance = Format.requiresImportance
    decodeGroup = { Format.decode($0, into: $1) }
    unscaledBlocks = { Format.unscaledBlocks($0, weights: $1) }
    makeUnitColumns = { Format.unitColumns }
    makeEncoding = { Format.encoding(columns: $0) }
  }

  init<Format: DecodeOnlyFormat>(_: Format.Type) {
    type = Format.type
    revision = 0
    requiresImportance = false
    decodeGroup = { Format.decode($0, into: $1) }
    unscaledBlocks = { Format.unscaledBlocks($0, weights: $1) }
    makeUnitColumns = { 0 }
    makeEncoding = nil
  }

  /// Whether Ration can write the type. Those it writes have one row to a group.
  package var canEncode: Bool { makeEncoding != nil }

  /// Reads the rows that stand together, `type.rowsPerGroup` of them: mostly one.
  ///
  /// - Parameters:
  ///   - group: exactly the bytes of those rows.
  ///   - weights: the rows one after another, of a length that the type allows.
  package func decode(
    _ group: UnsafeRawBufferPointer, into weights: UnsafeMutableBufferPointer<Float>
  ) {
    let rows = type.rowsPerGroup
    precondition(
      weights.count % rows == 0
        && group.count == type.bytes(rows: rows, columns: weights.count / rows),
      "rows of another size")
    guard let bytes = group.baseAddress, weights.count > 0 else { return }
    decodeGroup(bytes, weights)
  }

  /// Reads rows as `decode` does, except that weights without a scale become NaN: a block whose scale is the code
  /// for NaN, of which programs make numbers nevertheless. So every bad scale shows in the weights.
  package func decodeStrictly(
    _ group: UnsafeRawBufferPointer, into weights: UnsafeMutableBufferPointer<Float>
  ) {
    decode(group, into: weights)
    guard let bytes = group.baseAddress, weights.count > 0 else { return }
    let size = type.weightsPerBlock
    for block in unscaledBlocks(bytes, weights.count) {
      weights[block * size..<(block + 1) * size].update(repeating: .nan)
    }
  }

  /// An encoder of rows, for one thread at a time.
  ///
  /// - Precondition: `canEncode`.
  /// - Parameters:
  ///   - columns: of a row, as the type allows.
  ///   - objective: what is minimised; it can be changed from row to row.
  ///   - weighting: what an error counts by.
  package func encoder(
    columns: Int, objective: Objective = .plain, weighting: Weighting = .importance
  ) -> RowEncoder {
    precondition(type.rowBytes(columns: columns) != nil, "a row length that \(type) does not allow")
    guard let makeEncoding else { preconditionFailure("\(type) is only read") }
    return RowEncoder(
      self, columns: columns, objective: objective, weighting: weighting
    ) { makeEncoding(columns) }
  }
}

extension Codec: CustomStringConvertible {
  package var description: String { type.name }
}
