import GGUF
import KernelsC

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

  /// Whether the type is of use only with importance: encoding still works without.
  static var requiresImportance: Bool { get }

  /// Columns that are rounded together: the unit of `RowEncoder.round`. It divides the type's block.
  static var unitColumns: Int { get }

  /// Reads one row. Any bytes decode without a trap; `weights.count` is a multiple of the block.
  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>)

  /// The blocks of a row whose scale is a code for NaN although `decode` makes numbers of it: see
  /// `DecodeOnlyFormat`.
  static func unscaledBlocks(_ row: UnsafeRawPointer, weights: Int) -> [Int]

  /// The state of encoding rows of so many columns, a multiple of the block.
  static func encoding(columns: Int) -> any RowEncoding
}

extension RowFormat {
  static var revision: Int { 1 }
  static var requiresImportance: Bool { false }
  static func unscaledBlocks(_ row: UnsafeRawPointer, weights: Int) -> [Int] { [] }
}

/// The scratch of encoding rows of one type and length, and what was chosen for the row in hand.
protocol RowEncoding: AnyObject {
  /// Takes what the squared errors of the columns count by, until told otherwise: finite, not negative; nil
  /// weighs all alike.
  func weigh(by errorWeights: UnsafeBufferPointer<Float>?)

  /// Encodes a row, and fixes what its units share.
  ///
  /// - Parameters:
  ///   - weights: finite; as many as the columns.
  ///   - row: room for the row's bytes, every one of which is written.
  func prepare(_ weights: UnsafeBufferPointer<Float>, into row: UnsafeMutableRawPointer)

  /// Whether a scale of a block of the prepared row, by the type's geometry, is the largest that the type can
  /// store.
  func isAtLimit(_ block: Int) -> Bool

  /// Rounds one unit of the prepared row to another target.
  ///
  /// - Parameters:
  ///   - target: finite; as many as the columns of a unit.
  ///   - row: the bytes that `prepare` wrote, with what was rounded since.
  func round(
    _ unit: Int, to target: UnsafeBufferPointer<Float>, in row: UnsafeMutableRawPointer)

  /// Reads what a unit has become.
  func decode(
    _ unit: Int, of row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>)

  /// Takes what errors count by when units are rounded to other targets, in place of what `weigh` took.
  func weighRounding(by errorWeights: UnsafeBufferPointer<Float>)

  /// Chooses scale and codes of one unit for another target, as `round` does, and leaves the bytes as they are.
  func choose(_ unit: Int, for target: UnsafeBufferPointer<Float>)

  /// Writes the row's bytes anew, with all that was chosen since.
  func write(into row: UnsafeMutableRawPointer)

  /// See `RowFit.levels`.
  var levels: UnsafePointer<rk_levels>? { get }

  /// What a unit makes of a value: weight = scale × value + offset.
  ///
  /// - Precondition: There are `levels`.
  func scaling(of unit: Int) -> (scale: Float, offset: Float)

  /// See `RowFit.setCodes(of:to:stride:)`.
  func setCodes(of unit: Int, to codes: UnsafePointer<UInt8>, stride: Int)
}
