package import Codecs
import GGUF
import KernelsC
import LinearAlgebra

/// Encodes rows so that what rounding one column did is made up for in the columns behind it, through the second
/// moments of the layer's inputs. One thread's worth.
///
/// 1. Every row is encoded by itself, which fixes what its units share.
/// 2. Units are rounded in order, all rows side by side. A unit's target is what its weights would have to be to
///    make up for the errors before. It chooses its scale for that target, each column weighing what it weighs
///    when those before are done with; then its codes, one after the other, each making up for those before it. Where
///    codes are entries of a codebook, or of a trellis, the type's own search chooses them.
/// 3. Codes descend: each moves to the value of least loss, given all others, until the passes are over.
///
/// Rows do not depend on each other, so any division of a tensor into tiles gives the same bytes.
package final class CompensatedEncoder {
  /// Rows that are encoded side by side: a panel of products in `bf16`.
  package static let tileRows = 64
  /// How often every code is looked at again.
  ///
  /// KLD of SmolLM2-135M in IQ4_NL, mean of three texts: none .0871, two .0821, four .0806, without compensation .1097.
  private static let passes = 4

  private let factor: SecondMomentFactor
  private let units: UnitFactors
  private let encoders: [RowEncoder]
  private let columns: Int
  /// The weights in hand, a row a column of the layer.
  private let weights: Matrix
  private let errors: ErrorTile
  /// Of the columns of a panel: targets, slopes, and what weights have become.
  private let targets: Matrix
  private let became: Matrix
  /// Of a unit: what earlier columns put on it, and what target that makes.
  private let pushed: Matrix
  private let unitTargets: Matrix
  /// A row a unit.
  private let scales: Matrix
  private let offsets: Matrix
  private let codes: AlignedBuffer<UInt8>
  /// A row of a unit: its target, and what it became.
  private let target: AlignedBuffer<Float>
  private let decoded: AlignedBuffer<Float>
  private var rowCount = 0

  /// - Parameters:
  ///   - codec: a quantized type.
  ///   - objective: what the rows by themselves are encoded for; it may be set anew.
  ///   - factor: of the second moments of the layer's inputs.
  package init(
    _ codec: Codec, objective: Objective, weighting: Weighting, factor: SecondMomentFactor
  ) {
    precondition(codec.type.isQuantized, "a type that has no units")
    let (rows, columns) = (Self.tileRows, factor.columns)
    self.factor = factor
    self.columns = columns
    let unit = codec.unitColumns
    encoders = (0..<rows).map { _ in
      codec.encoder(columns: columns, objective: objective, weighting: weighting)
    }
    units = factor.units(
      UnitFactors.Kind(size: unit, hasParity: encoders[0].levels?.pointee.odd != nil))
    for encoder in encoders { encoder.weighRounding(by: units.weights) }
    weights = Matrix(rows: columns, columns: rows)
    errors = ErrorTile(columns: columns, rows: rows)
    targets = Matrix(rows: SecondMomentFactor.panel, columns: rows)
    became = Matrix(rows: SecondMomentFactor.panel, columns: rows)
    pushed = Matrix(rows: unit, columns: rows)
    unitTargets = Matrix(rows: unit, columns: rows)
    scales = Matrix(rows: columns / unit, columns: rows)
    offsets = Matrix(rows: columns / unit, columns: rows)
    codes = AlignedBuffer(repeating: 0, count: columns * rows)
    target = AlignedBuffer(count: unit)
    decoded = AlignedBuffer(count: unit)
  }

  /// Encodes some rows.
  ///
  /// - Parameters:
  ///   - rows: at most `tileRows`.
  ///   - bytes: room for their bytes, one row after the other.
  package func encode(
    _ rows: [UnsafeBufferPointer<Float>], into bytes: UnsafeMutableRawBufferPointer
  ) {
    let size = bytes.count / max(rows.count, 1)
    let places = rows.indices.map {
      UnsafeMutableRawBufferPointer(rebasing: bytes[$0 * size..<($0 + 1) * size])
    }
    for (row, place) in zip(rows.indices, places) { encoders[row].prepare(rows[row], into: place) }
    take(rows)
    for panel in SecondMomentFactor.panels(of: columns) { round(panel, places) }
    guard let levels = encoders[0].levels else { return }
    for _ in 0..<Self.passes {
      for panel in SecondMomentFactor.panels(of: columns) { descend(panel, levels) }
    }
    for (row, place) in zip(rows.indices, places) {
      for unit in 0..<columns / units.size {
        encoders[row].setCodes(
          of: unit, to: codes.start + unit * units.size * Self.tileRows + row,
          stride: Self.tileRows)
      }
      encoders[row].write(into: place)
    }
  }

  /// What each of the rows encoded last loses, e H eᵀ by the shrunk second moments, which say best what other text will
  /// show.
  package func losses() -> [Double] {
    var losses = [Double](repeating: 0, count: rowCount)
    for panel in SecondMomentFactor.panels(of: columns) {
      let slope = targets.rows(0..<panel.count)
      factor.products.setSlope(slope, of: panel, errors)
      for (place, column) in panel.enumerated() {
        let (values, slopes) = (errors.values[column], slope[place])
        for row in losses.indices {
          let error = Double(values[row])
          losses[row] += error * (Double(slopes[row]) - factor.damping * error)
        }
      }
    }
    return losses.map { $0 * factor.unit }
  }

  /// The row and the column of a weight that the type cannot hold, in the rows encoded last; nil where it holds them all.
  ///
  /// - Parameter bytes: those of the rows.
  package func firstBeyondReach(
    of rows: [UnsafeBufferPointer<Float>], _ bytes: UnsafeMutableRawBufferPointer
  ) -> (row: Int, column: Int)? {
    let size = bytes.count / max(rows.count, 1)
    let decoded = AlignedBuffer<Float>(count: columns)
    for (row, weights) in rows.enumerated() {
      let place = UnsafeRawBufferPointer(rebasing: bytes[row * size..<(row + 1) * size])
      encoders[row].codec.decode(place, into: decoded.values)
      if let column = encoders[row].firstBeyondReach(
        of: weights, UnsafeBufferPointer(decoded.values))
      {
        return (row, column)
      }
    }
    return nil
  }

  /// Lays the rows side by side. Places without a row hold zeros, which stay zeros.
  private func take(_ rows: [UnsafeBufferPointer<Float>]) {
    for column in 0..<columns {
      let values = weights[column]
      for row in rows.indices { values[row] = rows[row][column] }
      for row in rows.count..<Self.tileRows { values[row] = 0 }
    }
    scales.clear()
    offsets.clear()
    rowCount = rows.count
  }

  // MARK: Rounding

  private func round(_ panel: Range<Int>, _ places: [UnsafeMutableRawBufferPointer]) {
    let targets = targets.rows(0..<panel.count)
    targets.copy(from: weights.rows(panel))
    factor.products.subtractFeedback(of: errors, from: targets, panel)
    for start in stride(from: panel.lowerBound, to: panel.upperBound, by: units.size) {
      let unit = start..<start + units.size
      round(
        unit, targets.rows(start - panel.lowerBound..<unit.upperBound - panel.lowerBound), places)
      let rest = unit.upperBound..<panel.upperBound
      guard !rest.isEmpty else { continue }
      targets.rows(rest.lowerBound - panel.lowerBound..<panel.count).add(
        transposed: factor.feedback(unit, rest), times: errors.values.rows(unit), scale: -1)
    }
  }

  /// Rounds a unit of all rows.
  ///
  /// - Parameter aimed: the weights less what earlier columns put on them.
  private func round(
    _ unit: Range<Int>, _ aimed: Matrix, _ places: [UnsafeMutableRawBufferPointer]
  ) {
    let own = weights.rows(unit)
    pushed.setDifference(of: own, aimed)
    unitTargets.copy(from: own)
    unitTargets.add(transposed: units.inverses.rows(unit), times: pushed, scale: -1)
    let number = unit.lowerBound / units.size
    let y = became.rows(0..<units.size)
    if let levels = encoders[0].levels {
      for row in 0..<rowCount {
        encoders[row].choose(number, for: gathered(row))
        (scales[number][row], offsets[number][row]) = encoders[row].scaling(of: number)
      }
      Kernels.active.pointee.feedback_codes(
        unitTargets[0], Int32(units.size), Int32(Self.tileRows), Int32(Self.tileRows),
        units.feedback[unit.lowerBound], Int32(units.size),
        units.pivots.start + unit.lowerBound, levels,
        scales[number], offsets[number], codes.start + unit.lowerBound * Self.tileRows, y[0])
    } else {
      y.copy(from: own)
      for row in 0..<rowCount {
        encoders[row].round(number, to: gathered(row), in: places[row], decoded: decoded.values)
        for j in 0..<units.size { y[j][row] = decoded[j] }
      }
    }
    errors.set(unit, to: y, from: own)
  }

  /// The target of a row's unit.
  private func gathered(_ row: Int) -> UnsafeBufferPointer<Float> {
    for j in 0..<units.size { target[j] = unitTargets[j][row] }
    return UnsafeBufferPointer(target.values)
  }

  // MARK: Descent

  private func descend(_ panel: Range<Int>, _ levels: UnsafePointer<rk_levels>) {
    let slope = targets.rows(0..<panel.count)
    let y = became.rows(0..<panel.count)
    factor.products.setSlope(slope, of: panel, errors)
    y.setSum(of: weights.rows(panel), errors.values.rows(panel))
    let block = factor.block(panel)
    let number = panel.lowerBound / units.size
    Kernels.active.pointee.descend_codes(
      slope[0], y[0], Int32(panel.count), Int32(Self.tileRows), Int32(Self.tileRows), block[0],
      Int32(block.stride), Int32(units.size), levels, scales[number], offsets[number],
      codes.start + panel.lowerBound * Self.tileRows)
    errors.set(panel, to: y, from: weights.rows(panel))
  }
}

extension Matrix {
  fileprivate func copy(from other: Matrix) {
    for row in 0..<rows { self[row].update(from: other[row], count: columns) }
  }

  fileprivate func setSum(of a: Matrix, _ b: Matrix) {
    for row in 0..<rows {
      let (target, a, b) = (self[row], a[row], b[row])
      for column in 0..<columns { target[column] = a[column] + b[column] }
    }
  }
}
