import Codecs
import GGUF
import KernelsC
import LinearAlgebra

/// Moves the scales and codes of a tile that is rounded to where its loss is less, given all others.
///
/// With e what a row became less what it was, its loss is e H eᵀ, and g = H e half its slope. Units take their turns. A
/// unit's scale moves to the least of the parabola that the loss is of it, or as near as the type can store; then each
/// code moves to the value of least loss. What a unit changed moves the slopes of the units behind it.
final class TileDescent {
  private let factor: SecondMomentFactor
  private let tile: RoundedTile
  private let unit: Int
  /// Of the columns of a panel: half slopes, and what weights became.
  private let slope: Matrix
  private let became: Matrix
  /// Of a unit: what its weights were before, and H times what they are.
  private let before: Matrix
  private let product: Matrix
  /// Of each row: Σ g y and y H y of a unit, and what its scale is multiplied by.
  private let slopes = Matrix(rows: 1, columns: RoundedTile.rows)
  private let curvatures = Matrix(rows: 1, columns: RoundedTile.rows)
  private let steps = Matrix(rows: 1, columns: RoundedTile.rows)

  init(_ tile: RoundedTile, by factor: SecondMomentFactor, unit: Int) {
    self.tile = tile
    self.factor = factor
    self.unit = unit
    let panel = min(SecondMomentFactor.panel, factor.columns)
    slope = Matrix(rows: panel, columns: RoundedTile.rows)
    became = Matrix(rows: panel, columns: RoundedTile.rows)
    before = Matrix(rows: unit, columns: RoundedTile.rows)
    product = Matrix(rows: unit, columns: RoundedTile.rows)
  }

  /// Moves everything once.
  func pass(_ levels: UnsafePointer<rk_levels>) {
    for panel in SecondMomentFactor.panels(of: factor.columns) { descend(panel, levels) }
  }

  /// What each row loses, e H eᵀ, H with a little on its diagonal as it was factored.
  func losses() -> [Double] {
    var losses = [Double](repeating: 0, count: tile.rowCount)
    for panel in SecondMomentFactor.panels(of: factor.columns) {
      factor.products.setSlope(slope.rows(0..<panel.count), of: panel, tile.errors)
      for (place, column) in panel.enumerated() {
        let (errors, slopes) = (tile.errors.values[column], slope[place])
        for row in losses.indices {
          let error = Double(errors[row])
          losses[row] += error * (Double(slopes[row]) - factor.damping * error)
        }
      }
    }
    return losses.map { $0 * factor.unit }
  }

  private func descend(_ panel: Range<Int>, _ levels: UnsafePointer<rk_levels>) {
    let slope = slope.rows(0..<panel.count)
    let became = became.rows(0..<panel.count)
    factor.products.setSlope(slope, of: panel, tile.errors)
    became.setSum(of: tile.weights.rows(panel), tile.errors.values.rows(panel))
    let block = factor.block(panel)
    for start in stride(from: 0, to: panel.count, by: unit) {
      let own = start..<start + unit
      let y = became.rows(own)
      before.copy(from: y)
      let number = (panel.lowerBound + start) / unit
      rescale(number, slope.rows(own), y, block.rows(own).columns(own))
      Kernels.active.pointee.descend_codes(
        slope[start], y[0], Int32(unit), Int32(RoundedTile.rows), Int32(RoundedTile.rows),
        block[start] + start, Int32(block.stride), levels, tile.scales[number],
        tile.offsets[number], tile.codes(ofColumn: panel.lowerBound + start))
      let rest = own.upperBound..<panel.count
      guard !rest.isEmpty else { continue }
      before.setDifference(of: y, before)
      slope.rows(rest).add(transposed: block.rows(own).columns(rest), times: before)
    }
    tile.errors.set(panel, to: became, from: tile.weights.rows(panel))
  }

  /// Moves the scale of a unit of every row: y becomes (1 + r) y, r = −Σ g y ÷ y H yᵀ or as near as can be stored.
  private func rescale(_ number: Int, _ slope: Matrix, _ y: Matrix, _ block: Matrix) {
    guard tile.encoders[0].canRescale else { return }
    product.assign(block, times: y)
    slopes.clear()
    curvatures.clear()
    for column in 0..<unit {
      slopes[0].addProducts(slope[column], y[column])
      curvatures[0].addProducts(product[column], y[column])
    }
    let (slopes, curvatures, steps) = (slopes[0], curvatures[0], steps[0])
    steps.update(repeating: 0, count: RoundedTile.rows)
    for row in 0..<tile.rowCount where curvatures[row] > 0 {
      let factor = tile.encoders[row].rescale(number, by: 1 - slopes[row] / curvatures[row])
      guard factor != 1 else { continue }
      steps[row] = factor - 1
      tile.readScaling(ofUnit: number, row: row)
    }
    for column in 0..<unit {
      slope[column].addProducts(steps, product[column])
      y[column].addProducts(steps, y[column])
    }
  }
}

extension UnsafeMutablePointer<Float> {
  /// Adds the products of two vectors, one value for each row of a tile.
  fileprivate func addProducts(_ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>) {
    for row in 0..<RoundedTile.rows { self[row] += a[row] * b[row] }
  }
}
