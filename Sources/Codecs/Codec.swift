package import GGUF

/// A tensor type that Ration can read and write.
package struct Codec: Sendable {
  /// The type's id, name and geometry.
  package let type: TensorType
  /// The generation of the encoder; figures measured under another one are stale.
  package let revision: Int
  /// Whether the type loses too much without importance.
  package let requiresImportance: Bool

  private let decodeRow: @Sendable (UnsafeRawPointer, UnsafeMutableBufferPointer<Float>) -> Void
  private let encodeRow:
    @Sendable (
      UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>?, UnsafeMutableRawPointer
    ) -> Void

  init<Format: RowFormat>(_: Format.Type) {
    type = Format.type
    revision = Format.revision
    requiresImportance = Format.requiresImportance
    decodeRow = { Format.decode($0, into: $1) }
    encodeRow = { Format.encode($0, importance: $1, into: $2) }
  }

  /// Reads one row of `weights.count` weights from its bytes.
  ///
  /// - Precondition: the type allows rows of that length, and `row` has all their bytes.
  package func decode(
    _ row: UnsafeRawBufferPointer, into weights: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(row.count == type.rowBytes(columns: weights.count), "row of another size")
    guard let bytes = row.baseAddress, weights.count > 0 else { return }
    decodeRow(bytes, weights)
  }

  /// Writes one row of weights, choosing scales and codes that minimise
  /// Σ importance × (weight − decoded)².
  ///
  /// The bytes depend on the arguments alone, not on the machine.
  ///
  /// - Parameters:
  ///   - weights: finite values.
  ///   - importance: as many finite values, none negative; nil weighs all alike.
  ///   - row: exactly the bytes of the row.
  package func encode(
    _ weights: UnsafeBufferPointer<Float>, importance: UnsafeBufferPointer<Float>?,
    into row: UnsafeMutableRawBufferPointer
  ) {
    precondition(row.count == type.rowBytes(columns: weights.count), "row of another size")
    precondition(
      importance == nil || importance?.count == weights.count, "importance of another length")
    guard let bytes = row.baseAddress, weights.count > 0 else { return }
    encodeRow(weights, importance, bytes)
  }
}

extension Codec: CustomStringConvertible {
  package var description: String { type.name }
}
