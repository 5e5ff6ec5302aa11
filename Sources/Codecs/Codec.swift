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

  private let decodeGroup: @Sendable (UnsafeRawPointer, UnsafeMutableBufferPointer<Float>) -> Void
  private let encodeRow:
    (
      @Sendable (
        UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>?, UnsafeMutableRawPointer
      ) -> Void
    )?

  init<Format: RowFormat>(_: Format.Type) {
    type = Format.type
    revision = Format.revision
    requiresImportance = Format.requiresImportance
    decodeGroup = { Format.decode($0, into: $1) }
    encodeRow = { Format.encode($0, importance: $1, into: $2) }
  }

  init<Format: DecodeOnlyFormat>(_: Format.Type) {
    type = Format.type
    revision = 0
    requiresImportance = false
    decodeGroup = { Format.decode($0, into: $1) }
    encodeRow = nil
  }

  /// Whether Ration can write the type. Those it writes have one row to a group.
  package var canEncode: Bool { encodeRow != nil }

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

  /// Writes one row of weights, choosing scales and codes that minimise
  /// Σ importance × (weight − decoded)², or what `weighting` makes of the importance.
  ///
  /// The bytes depend on the arguments alone, not on the machine.
  ///
  /// - Precondition: `canEncode`.
  /// - Parameters:
  ///   - weights: finite values.
  ///   - importance: as many finite values, none negative; nil weighs all alike.
  ///   - weighting: what an error counts by.
  ///   - row: exactly the bytes of the row.
  package func encode(
    _ weights: UnsafeBufferPointer<Float>, importance: UnsafeBufferPointer<Float>?,
    weighting: Weighting = .importance, into row: UnsafeMutableRawBufferPointer
  ) {
    precondition(row.count == type.rowBytes(columns: weights.count), "row of another size")
    precondition(
      importance == nil || importance?.count == weights.count, "importance of another length")
    guard let encodeRow else { preconditionFailure("\(type) is only read") }
    guard let bytes = row.baseAddress, weights.count > 0 else { return }
    weighting.withErrorWeights(of: weights, importance: importance) {
      encodeRow(weights, $0, bytes)
    }
  }
}

extension Codec: CustomStringConvertible {
  package var description: String { type.name }
}
