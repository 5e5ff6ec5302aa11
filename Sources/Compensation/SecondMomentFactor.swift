import Codecs
package import LinearAlgebra
import Synchronization
package import Threads

/// The second moments H of a layer's inputs, factored for rounding with feedback: H = M D Mᵀ, M upper triangular with
/// ones on its diagonal, D diagonal.
///
/// The loss of a row whose weights became ŵ = w + e is e H eᵀ = Σⱼ dⱼ (Σₖ≤ⱼ eₖ mₖⱼ)². So columns can be rounded one after
/// the other: each to the target that makes up for those before.
///
/// Memory holds one square of floats: M above the diagonal panels, H below them. `MomentProducts` multiplies with it.
package final class SecondMomentFactor: @unchecked Sendable {
  // Unchecked: written by `init` alone.

  /// Columns of the layer.
  package let columns: Int
  /// What H is in units of: its mean diagonal.
  let unit: Double
  /// D.
  package let pivots: [Float]
  /// M of each panel with itself, one below the other, `columns × panel`.
  private let panels: Matrix
  /// H of each panel with itself, likewise.
  private let blocks: Matrix
  /// What it says of units, of the kinds that were asked for.
  private let unitFactors = Mutex<[UnitFactors.Kind: UnitFactors]>([:])
  /// Multiplies with H, and with M between panels.
  package let products: any MomentProducts

  /// Columns that are worked on together.
  package static let panel = 256

  /// Factors (1 − α) H + α diag H, with a little more on the diagonal.
  ///
  /// - Parameters:
  ///   - correlations: Hᵢⱼ ÷ √(Hᵢᵢ Hⱼⱼ), `columns × columns`; on return it is the factor's memory.
  ///   - importance: the diagonal of H, all positive. It need not be what the correlations were taken with.
  ///   - coupled: what correlations are in proportion to, of each column: the importance, or a part of it.
  ///   - shrinkage: α, in 0 ... 1.
  package init(
    _ correlations: Matrix, importance: [Float], coupled: [Float], shrinkage: Float,
    on workers: Workers
  ) {
    let columns = importance.count
    self.columns = columns
    unit = importance.reduce(0) { $0 + Double($1) } / Double(columns)
    precondition(
      correlations.rows == columns && correlations.columns == columns, "moments of another layer")
    let square = correlations
    blocks = Matrix(rows: columns, columns: min(Self.panel, columns))
    panels = Matrix(rows: columns, columns: min(Self.panel, columns))
    Self.scale(square, importance, coupled, shrinkage, on: workers)
    for panel in Self.panels(of: columns) { Self.keep(panel, of: square, in: blocks) }
    var pivots = [Float](repeating: 0, count: columns)
    let known = FactoredColumns(columns: columns)
    for step in Self.ranges(of: columns, size: Self.step).reversed() {
      Self.subtractLaterColumns(from: square, step, pivots, known, on: workers)
      Self.factor(step, of: square, &pivots, on: workers)
      known?.take(step, from: square, pivots, on: workers)
    }
    self.pivots = pivots
    for panel in Self.panels(of: columns) {
      Self.keep(panel, of: square, in: panels)
      for (place, row) in panel.enumerated() {
        // H stands below the diagonal.
        panels[row].update(repeating: 0, count: place)
        (square[row] + panel.lowerBound).update(from: blocks[row], count: panel.count)
      }
    }
    products =
      Kernels.bfloat == nil
      ? FloatProducts(square) : BFloatProducts(square, on: workers)
  }

  /// The panels, in order.
  package static func panels(of columns: Int) -> [Range<Int>] { ranges(of: columns, size: panel) }

  private static func ranges(of columns: Int, size: Int) -> [Range<Int>] {
    stride(from: 0, to: columns, by: size).map { $0..<min($0 + size, columns) }
  }

  /// Some rows and columns of M, all in one panel.
  package func feedback(_ rows: Range<Int>, _ columns: Range<Int>) -> Matrix {
    let start = rows.lowerBound / Self.panel * Self.panel
    return panels.rows(rows).columns(columns.lowerBound - start..<columns.upperBound - start)
  }

  /// What it says of the units of a type.
  func units(_ kind: UnitFactors.Kind) -> UnitFactors {
    unitFactors.withLock { known in
      if let units = known[kind] { return units }
      let units = UnitFactors(of: self, kind)
      known[kind] = units
      return units
    }
  }

  /// H of a panel with itself.
  package func block(_ panel: Range<Int>) -> Matrix { blocks.rows(panel).columns(0..<panel.count) }

  // MARK: Factoring

  /// Columns that are factored together: so few that what is done in double precision is little.
  private static let step = 64
  /// Rows that are an item of work.
  private static let rows = 256

  /// What is added to the diagonal, as a share of its mean: GPTQ's, which the arithmetic needs. Shrinkage does the rest.
  private static let damping: Float = 0.01

  /// What was added to each value of the diagonal, in `unit`s.
  var damping: Double { Double(Self.damping) }

  /// Makes correlations the matrix that is factored, in units of its mean diagonal.
  private static func scale(
    _ square: Matrix, _ importance: [Float], _ coupled: [Float], _ shrinkage: Float,
    on workers: Workers
  ) {
    let mean = importance.reduce(0) { $0 + Double($1) } / Double(importance.count)
    let scales = coupled.map { Float((Double($0) / mean).squareRoot()) }
    let diagonal = importance.map { Float(Double($0) / mean) }
    workers.forEachRange(of: square.rows, size: 64) { rows in
      for row in rows {
        let values = square[row]
        let factor = (1 - shrinkage) * scales[row]
        for column in 0..<square.columns { values[column] *= factor * scales[column] }
        values[row] = diagonal[row] + damping
      }
    }
  }

  private static func keep(_ panel: Range<Int>, of square: Matrix, in blocks: Matrix) {
    for row in panel {
      blocks[row].update(from: square[row] + panel.lowerBound, count: panel.count)
    }
  }

  /// Takes from the columns of a step, down to the step's own rows, what later columns explain.
  private static func subtractLaterColumns(
    from square: Matrix, _ step: Range<Int>, _ pivots: [Float], _ known: FactoredColumns?,
    on workers: Workers
  ) {
    let later = step.upperBound..<square.columns
    guard !later.isEmpty else { return }
    let scaled = Matrix(rows: step.count, columns: later.count)
    for row in 0..<step.count {
      let from = square[step.lowerBound + row] + later.lowerBound
      for column in 0..<later.count {
        scaled[row][column] = -from[column] * pivots[later.lowerBound + column]
      }
    }
    if let known { return known.addProduct(with: scaled, to: step, of: square, on: workers) }
    workers.forEachRange(of: step.upperBound, size: Self.rows) { rows in
      square.rows(rows).columns(step).assign(
        square.rows(rows).columns(later), timesTransposed: scaled, adding: true)
    }
  }

  /// Factors a step with itself, and makes what is above it M.
  private static func factor(
    _ step: Range<Int>, of square: Matrix, _ pivots: inout [Float], on workers: Workers
  ) {
    let factor = UpperFactor(of: square.rows(step).columns(step), least: Double(damping) / 10)
    for (row, number) in step.enumerated() {
      pivots[number] = Float(factor.pivots[row])
      for column in row..<step.count {
        square[number][step.lowerBound + column] = Float(factor.upper(row, column))
      }
    }
    guard step.lowerBound > 0 else { return }
    let inverse = factor.inverseOfScaledTranspose
    workers.forEachRange(of: step.lowerBound, size: Self.rows) { rows in
      let part = square.rows(rows).columns(step)
      part.assign(part.copy(), times: inverse)
    }
  }
}
