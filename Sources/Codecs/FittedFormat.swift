import GGUF
import KernelsC

/// A type whose codes a fit searches for. The conforming type says where the bits go.
protocol FittedFormat: RowFormat {
  associatedtype Fit: RowFit

  /// The search for rows of so many columns.
  static func fit(columns: Int) -> Fit

  /// Writes the zero bytes at the start of a row, where the type has them.
  static func packHeader(of row: NormalizedRow, _ fit: Fit, into bytes: UnsafeMutableRawPointer)

  /// Writes block number `index` of the type's geometry.
  ///
  /// - Parameter bytes: `type.bytesPerBlock` zero bytes.
  static func pack(
    _ index: Int, of row: NormalizedRow, _ fit: Fit, into bytes: UnsafeMutableRawPointer)
}

/// The search for the scales and codes of rows of one length. It owns what it finds, until the next row.
protocol RowFit: AnyObject {
  /// Columns that are rounded together.
  var unitColumns: Int { get }

  /// Chooses everything for a row.
  func prepare(_ row: NormalizedRow)

  /// Chooses anew for one unit of the prepared row, with what units share left as it is.
  ///
  /// - Parameter block: the unit's target, normalised as the row is.
  func round(_ unit: Int, to block: WeightedBlock, of row: NormalizedRow)

  /// The values of which each weight of a unit takes one by itself, before `scaling(of:in:)`; nil where weights
  /// are chosen in groups.
  var levels: UnsafePointer<rk_levels>? { get }

  /// What a unit makes of a value: weight = scale × value + offset, of the normalised row.
  ///
  /// - Precondition: There are `levels`.
  func scaling(of unit: Int, in row: NormalizedRow) -> AffineBlock

  /// Takes other codes for a unit, counted from the least value.
  ///
  /// - Precondition: There are `levels`.
  /// - Parameter stride: from the code of a weight to that of the next.
  func setCodes(of unit: Int, to codes: UnsafePointer<UInt8>, stride: Int)
}

/// Fits of groups of weights.
extension RowFit {
  var levels: UnsafePointer<rk_levels>? { nil }

  func scaling(of unit: Int, in row: NormalizedRow) -> AffineBlock {
    preconditionFailure("weights chosen in groups")
  }

  func setCodes(of unit: Int, to codes: UnsafePointer<UInt8>, stride: Int) {
    preconditionFailure("weights chosen in groups")
  }
}

extension FittedFormat {
  /// 2: columns without importance count a little (`ColumnWeights`).
  static var revision: Int { 2 }

  static func packHeader(
    of row: NormalizedRow, _ fit: Fit, into bytes: UnsafeMutableRawPointer
  ) {}

  static func encoding(columns: Int) -> any RowEncoding {
    FittedEncoding<Self>(columns: columns)
  }
}

/// A row of such a type while it is encoded: fit, then pack.
private final class FittedEncoding<Format: FittedFormat>: RowEncoding {
  private let row: NormalizedRow
  private let fit: Format.Fit
  private let type = Format.type
  /// The target of a unit.
  private let target: AlignedBuffer<Float>
  /// A header and a block, as if they were a row; and its weights.
  private let bytes: AlignedBuffer<UInt8>
  private let decoded: AlignedBuffer<Float>
  /// Whether each block has, or shares, a scale that is the largest there is.
  private let limits: AlignedBuffer<Bool>

  init(columns: Int) {
    row = NormalizedRow(count: columns)
    fit = Format.fit(columns: columns)
    target = AlignedBuffer(count: fit.unitColumns)
    bytes = AlignedBuffer(count: type.rowHeaderBytes + type.bytesPerBlock)
    decoded = AlignedBuffer(count: type.weightsPerBlock)
    limits = AlignedBuffer(repeating: false, count: columns / type.weightsPerBlock)
  }

  func weigh(by errorWeights: UnsafeBufferPointer<Float>?) { row.weigh(by: errorWeights) }

  func weighRounding(by errorWeights: UnsafeBufferPointer<Float>) {
    row.weighRounding(by: errorWeights)
  }

  func prepare(_ weights: UnsafeBufferPointer<Float>, into bytes: UnsafeMutableRawPointer) {
    row.load(weights)
    fit.prepare(row)
    write(into: bytes)
  }

  func write(into bytes: UnsafeMutableRawPointer) {
    let blocks = limits.values.count
    bytes.initializeMemory(
      as: UInt8.self, repeating: 0, count: type.rowHeaderBytes + blocks * type.bytesPerBlock)
    row.isAtLimit = false
    Format.packHeader(of: row, fit, into: bytes)
    let isShared = row.isAtLimit
    for block in 0..<blocks {
      row.isAtLimit = isShared
      Format.pack(
        block, of: row, fit, into: bytes + type.rowHeaderBytes + block * type.bytesPerBlock)
      limits[block] = row.isAtLimit
    }
  }

  func isAtLimit(_ block: Int) -> Bool { limits[block] }

  func round(
    _ unit: Int, to target: UnsafeBufferPointer<Float>, in bytes: UnsafeMutableRawPointer
  ) {
    choose(unit, for: target)
    let block = unit * fit.unitColumns / type.weightsPerBlock
    let place = bytes + type.rowHeaderBytes + block * type.bytesPerBlock
    place.initializeMemory(as: UInt8.self, repeating: 0, count: type.bytesPerBlock)
    Format.pack(block, of: row, fit, into: place)
  }

  func choose(_ unit: Int, for target: UnsafeBufferPointer<Float>) {
    let block = row.corrected(target, from: unit * fit.unitColumns, in: self.target)
    fit.round(unit, to: block, of: row)
  }

  var levels: UnsafePointer<rk_levels>? { fit.levels }

  func scaling(of unit: Int) -> (scale: Float, offset: Float) {
    let block = fit.scaling(of: unit, in: row)
    return (row.original(block.scale), row.original(block.offset))
  }

  func setCodes(of unit: Int, to codes: UnsafePointer<UInt8>, stride: Int) {
    fit.setCodes(of: unit, to: codes, stride: stride)
  }

  func decode(
    _ unit: Int, of row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>
  ) {
    let start = unit * fit.unitColumns
    let block = start / type.weightsPerBlock
    let copy = UnsafeMutableRawPointer(bytes.start)
    copy.copyMemory(from: row, byteCount: type.rowHeaderBytes)
    (copy + type.rowHeaderBytes).copyMemory(
      from: row + type.rowHeaderBytes + block * type.bytesPerBlock, byteCount: type.bytesPerBlock)
    Format.decode(copy, into: decoded.values)
    let first = start % type.weightsPerBlock
    _ = weights.update(fromContentsOf: decoded.values[first..<first + fit.unitColumns])
  }
}
