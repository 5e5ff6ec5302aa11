import GGUF

/// Encodes rows of one type and length, one thread's worth: the one way from weights to bytes.
///
/// An encoder owns its scratch. Once it has seen a row, it allocates nothing. Its bytes depend on the arguments
/// alone: not on the rows before, not on the machine.
///
/// Encoding has two phases, so that what rounding some columns did can be made up for in others:
///
/// 1. `prepare` encodes a row and fixes what its units share: the scale of the row or of the super-block.
/// 2. `round` rounds one unit of `unitColumns` columns again, to a target that was corrected since, and returns
///    what it became. A unit whose target is the row's own keeps what `prepare` found: `encode` is `prepare`,
///    and rounding every unit to the row itself changes nothing.
///
/// What a unit is, what `prepare` fixes and what `round` still chooses, by family:
///
/// | family | unit | fixed | chosen |
/// |---|---|---|---|
/// | plain | a column | | the number |
/// | shared scale, of a block | the block | | scale, codes |
/// | shared scale, of a super-block or row | a block | the scale | level, shift, codes |
/// | affine | the block | | scale, offset, codes |
/// | affine super-block | a block | d, dmin | level, minimum, codes |
/// | codebook | a block | d | level, shift, entries, signs |
/// | trellis | a block | the scale | level, codebook, seeds, signs |
/// | microscaling | the block | | exponent, codes |
///
/// Importance says what an error of each column costs, and does not say so of every column: `ColumnWeights` gives
/// the others a floor, and a row that following it makes much worse as a whole is encoded as if without.
///
/// Where `prepare` moves a shared scale after it chose levels and codes, these stay as they were found at the
/// scale before; `round` chooses at the scale as it is stored.
package final class RowEncoder {
  /// The type written.
  package let codec: Codec
  /// The columns of a row.
  package let columns: Int
  /// How errors are weighed.
  package let weighting: Weighting
  /// Columns that are rounded together; it divides `columns`.
  package let unitColumns: Int

  /// What is minimised in the rows that follow. Setting the one that is in force costs nothing.
  package var objective: Objective {
    didSet { if !objective.isIdentical(to: oldValue) { applyObjective() } }
  }

  private let rowBytes: Int
  private let makeEncoding: () -> any RowEncoding
  private let columnWeights: ColumnWeights
  /// The encoding that follows the importance.
  private let weighted: any RowEncoding
  /// What encodes rows without importance, once a row needed that.
  private var unweighted: Unweighted?
  /// The encoding that holds the row in hand.
  private(set) var encoding: any RowEncoding
  /// Room for what a row became, once a row needed that.
  private var became = AlignedBuffer<Float>(count: 0)
  /// The prepared row, so that `round` knows an unchanged target.
  private var prepared = AlignedBuffer<Float>(count: 0)
  /// What errors count by when units are rounded, where that was said.
  private var roundingWeights: [Float]?
  /// The heuristic's weights of errors.
  private let errorWeights: AlignedBuffer<Float>

  init(
    _ codec: Codec, columns: Int, objective: Objective, weighting: Weighting,
    makeEncoding: @escaping () -> any RowEncoding
  ) {
    self.codec = codec
    self.columns = columns
    unitColumns = codec.unitColumns
    self.weighting = weighting
    self.objective = objective
    self.makeEncoding = makeEncoding
    weighted = makeEncoding()
    encoding = weighted
    columnWeights = ColumnWeights(columns: columns)
    rowBytes = codec.type.rowBytes(columns: columns)!
    errorWeights = AlignedBuffer(count: weighting == .heuristic ? columns : 0)
    applyObjective()
  }

  /// The importance of each column, or nil.
  private var importance: ArraySlice<Float>? {
    switch objective {
    case .plain: nil
    case .diagonal(let importance): importance
    }
  }

  private func applyObjective() {
    let importance = importance
    precondition(importance?.count ?? columns == columns, "importance of another length")
    columnWeights.take(importance)
    if weighting == .importance {
      columnWeights.values.withUnsafeBufferPointer { weighted.weigh(by: $0) }
    }
  }

  /// Encodes a row: Σ h (weight − decoded)², or what `weighting` makes of it, becomes small.
  ///
  /// Where columns lack importance, the plain error of the row stays within `mostGrowth` of what it would be if
  /// all lacked it.
  ///
  /// - Parameters:
  ///   - weights: `columns` finite values.
  ///   - row: exactly the bytes of the row.
  package func encode(
    _ weights: UnsafeBufferPointer<Float>, into row: UnsafeMutableRawBufferPointer
  ) {
    precondition(weights.count == columns, "a row of another length")
    precondition(row.count == rowBytes, "room of another size")
    guard let bytes = row.baseAddress, columns > 0 else { return }
    encode(weights, importance: columnWeights.values[...], by: weighted, into: bytes)
    encoding = weighted
    if columnWeights.knownCount < columns, codec.type.isQuantized { limitError(of: weights, row) }
  }

  private func encode(
    _ weights: UnsafeBufferPointer<Float>, importance: ArraySlice<Float>?,
    by encoding: any RowEncoding, into bytes: UnsafeMutableRawPointer
  ) {
    if weighting == .heuristic {
      Weighting.heuristicWeights(of: weights, importance: importance, into: errorWeights.values)
      encoding.weigh(by: UnsafeBufferPointer(errorWeights.values))
    }
    encoding.prepare(weights, into: bytes)
  }

  /// Encodes a row, and decodes it again.
  ///
  /// - Parameter decoded: room for what the weights became.
  package func encode(
    _ weights: UnsafeBufferPointer<Float>, into row: UnsafeMutableRawBufferPointer,
    decoded: UnsafeMutableBufferPointer<Float>
  ) {
    encode(weights, into: row)
    codec.decode(UnsafeRawBufferPointer(row), into: decoded)
  }

  /// The column of a weight that the type cannot hold, in the row encoded last; nil where it holds them all.
  ///
  /// Either the weight becomes NaN or infinite, or it is the largest of its block and falls short although the block
  /// has the largest scale that the type can store. What is lost to few bits is no matter of this: a scale below the
  /// largest was chosen, not cut off.
  ///
  /// - Parameters:
  ///   - weights: the row.
  ///   - decoded: what it has become.
  package func firstBeyondReach(
    of weights: UnsafeBufferPointer<Float>, _ decoded: UnsafeBufferPointer<Float>
  ) -> Int? {
    if let column = decoded.firstNonFinite { return column }
    let size = codec.type.weightsPerBlock
    for block in 0..<columns / size where encoding.isAtLimit(block) {
      let range = block * size..<(block + 1) * size
      let largest = range.max { abs(weights[$0]) < abs(weights[$1]) }!
      let reached = range.reduce(Float(0)) { max($0, abs(decoded[$1])) }
      // Rounding costs less than a hundredth where the scale meets the largest weight.
      if reached < 0.99 * abs(weights[largest]) { return largest }
    }
    return nil
  }

  /// Encodes a row whose units may then be rounded to other targets.
  package func prepare(
    _ weights: UnsafeBufferPointer<Float>, into row: UnsafeMutableRawBufferPointer
  ) {
    encode(weights, into: row)
    if prepared.values.count < columns { prepared = AlignedBuffer(count: columns) }
    _ = prepared.values.update(fromContentsOf: weights)
  }

  /// Rounds a unit of the prepared row to a target that may have been corrected since.
  ///
  /// - Parameters:
  ///   - unit: which `unitColumns` columns.
  ///   - target: finite values in place of the row's. Far beyond the row's largest weight they are clamped: what
  ///     the row shares was made for the row.
  ///   - row: the row's bytes, as `prepare` and earlier calls left them.
  ///   - decoded: room for what the unit's weights have become, exactly as decoding the row gives them.
  package func round(
    _ unit: Int, to target: UnsafeBufferPointer<Float>, in row: UnsafeMutableRawBufferPointer,
    decoded: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(
      (0..<columns / unitColumns).contains(unit) && target.count == unitColumns
        && decoded.count == unitColumns && row.count == rowBytes,
      "a unit of another row")
    guard let bytes = row.baseAddress else { return }
    let own = prepared.start + unit * unitColumns
    if !target.indices.allSatisfy({ target[$0].bitPattern == own[$0].bitPattern }) {
      encoding.round(unit, to: target, in: bytes)
    }
    encoding.decode(unit, of: bytes, into: decoded)
  }

  /// Takes what errors of each column count by when units are rounded to other targets, in place of the importance:
  /// for the rows that follow, and the one in hand.
  package func weighRounding(by weights: [Float]) {
    precondition(weights.count == columns, "weights of another length")
    roundingWeights = weights
    weights.withUnsafeBufferPointer { weights in
      weighted.weighRounding(by: weights)
      unweighted?.encoding.weighRounding(by: weights)
    }
  }

  // MARK: Columns without importance

  /// What encodes rows without importance, and room for such a row and for what it becomes.
  private struct Unweighted {
    let encoding: any RowEncoding
    let row: AlignedBuffer<UInt8>
    let became: AlignedBuffer<Float>
  }

  /// How much larger the mean squared error of a row may be than without importance.
  private static let mostGrowth = 4.0
  /// How much larger than that of the columns that count by their importance it may be before the row is
  /// encoded without, to know. Of rows under importances of real models, one in a thousand is; at 1.2 one in
  /// eighty. At 3, rows of the tests escape.
  private static let suspicion = 2.0

  /// Encodes the row in hand without importance where following it has made the row much worse.
  private func limitError(
    of weights: UnsafeBufferPointer<Float>, _ row: UnsafeMutableRawBufferPointer
  ) {
    if became.values.count < columns { became = AlignedBuffer(count: columns) }
    let difference = difference(of: weights, row, in: became)
    let ofKnown = difference.weightedError / Double(max(columnWeights.knownCount, 1))
    guard difference.error / Double(columns) > Self.suspicion * ofKnown else { return }
    let unweighted = unweighted ?? makeUnweighted()
    self.unweighted = unweighted
    let other = unweighted.row.bytes(rowBytes)
    encode(weights, importance: nil, by: unweighted.encoding, into: other.baseAddress!)
    let without = self.difference(of: weights, other, in: unweighted.became)
    guard difference.error > Self.mostGrowth * without.error else { return }
    row.copyMemory(from: UnsafeRawBufferPointer(other))
    encoding = unweighted.encoding
  }

  private func makeUnweighted() -> Unweighted {
    let encoding = makeEncoding()
    encoding.weigh(by: nil)
    roundingWeights?.withUnsafeBufferPointer { encoding.weighRounding(by: $0) }
    return Unweighted(
      encoding: encoding, row: AlignedBuffer(count: rowBytes),
      became: AlignedBuffer(count: columns))
  }

  /// What the weights lost as a row, in all columns and in those that count by their importance.
  private func difference(
    of weights: UnsafeBufferPointer<Float>, _ row: UnsafeMutableRawBufferPointer,
    in became: AlignedBuffer<Float>
  ) -> RowDifference {
    codec.decode(UnsafeRawBufferPointer(row), into: became.values)
    return RowDifference(
      weights, UnsafeBufferPointer(became.values), weights: columnWeights.known)
  }
}
