import GGUF

/// How a tensor type that Ration reads, but does not write, turns bytes into weights.
///
/// Mostly these are the forms into which ik_llama.cpp rearranges other types for speed: a row of
/// theirs has no bytes of its own, so they decode whole groups of rows.
protocol DecodeOnlyFormat: SendableMetatype {
  /// The type's id, name and geometry.
  static var type: TensorType { get }

  /// Reads the rows that stand together. Any bytes decode without a trap.
  ///
  /// - Parameter weights: `type.rowsPerGroup` rows, one after another, of a multiple of the block.
  static func decode(_ group: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>)

  /// The blocks of a group whose scale is a code for NaN although `decode` makes numbers of it, as the reference
  /// does: numbers of blocks in the order of the weights. None by default, since NaN and infinity as floats and
  /// halves show in every weight: even an infinite scale times zero is NaN.
  static func unscaledBlocks(_ group: UnsafeRawPointer, weights: Int) -> [Int]
}

extension DecodeOnlyFormat {
  static func unscaledBlocks(_ group: UnsafeRawPointer, weights: Int) -> [Int] { [] }
}
