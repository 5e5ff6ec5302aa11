import GGUF

/// How one tensor type turns a row of weights into bytes and back.
///
/// Conformances are the codec files of this module, one type each. They see a single row; whoever
/// calls them owns tensors, slices and threads.
protocol RowFormat: SendableMetatype {
  /// The type's id, name and geometry.
  static var type: TensorType { get }

  /// The generation of the encoder. Raise it with every change that alters encoded bytes: what was
  /// measured under another revision is then not reused.
  static var revision: Int { get }

  /// Whether the type loses too much without importance: `llama-quantize` demands it.
  static var requiresImportance: Bool { get }

  /// Reads one row. Any bytes decode without a trap; `weights.count` is a multiple of the block.
  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>)

  /// Writes one row, minimising Σ importance × (weight − decoded)².
  ///
  /// - Parameters:
  ///   - weights: finite; the count is a multiple of the block.
  ///   - importance: as many values, finite and not negative; nil weighs all alike.
  ///   - row: room for the row's bytes, every one of which is written.
  static func encode(
    _ weights: UnsafeBufferPointer<Float>, importance: UnsafeBufferPointer<Float>?,
    into row: UnsafeMutableRawPointer)
}

extension RowFormat {
  static var revision: Int { 1 }
  static var requiresImportance: Bool { false }
}
