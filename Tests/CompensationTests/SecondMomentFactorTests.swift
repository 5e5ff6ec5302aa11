import Codecs
import Compensation
import LinearAlgebra
import TestSupport
import Testing
import Threads

@Suite("A factor of second moments") struct SecondMomentFactorTests {
  /// A tile of errors, its columns and rows as the encoder has them.
  private func tile(columns: Int, seed: UInt64) -> (tile: ErrorTile, values: Matrix) {
    var random = SeededGenerator(seed: seed)
    let values = Matrix(rows: columns, columns: CompensatedEncoder.tileRows)
    let zeros = Matrix(rows: columns, columns: CompensatedEncoder.tileRows)
    for row in 0..<columns {
      for column in 0..<values.columns {
        values[row][column] = Float.random(in: -1...1, using: &random)
        zeros[row][column] = 0
      }
    }
    let tile = ErrorTile(columns: columns, rows: values.columns)
    for panel in SecondMomentFactor.panels(of: columns) {
      tile.set(panel, to: values.rows(panel), from: zeros.rows(panel))
    }
    return (tile, values)
  }

  @Test("multiplies to the moments that it was made of", arguments: [32, 256, 320, 544])
  func product(columns: Int) {
    let layer = CorrelatedLayer(columns: columns)
    let factor = SecondMomentFactor(
      layer.matrix, importance: layer.importance, coupled: layer.importance, shrinkage: 0.3,
      on: Workers(2))
    let expected = layer.moments(shrinkage: 0.3)
    // M as a whole: its panels with themselves, and what the products subtract between them.
    var m = [Double](repeating: 0, count: columns * columns)
    for panel in SecondMomentFactor.panels(of: columns) {
      let block = factor.feedback(panel, panel)
      for (row, i) in panel.enumerated() {
        for (column, j) in panel.enumerated() { m[i * columns + j] = Double(block[row][column]) }
      }
    }
    let rows = CompensatedEncoder.tileRows
    for start in stride(from: 0, to: columns, by: rows) {
      let units = Matrix(rows: columns, columns: rows)
      let zeros = Matrix(rows: columns, columns: rows)
      units.clear()
      zeros.clear()
      for place in 0..<min(rows, columns - start) { units[start + place][place] = 1 }
      let tile = ErrorTile(columns: columns, rows: rows)
      for panel in SecondMomentFactor.panels(of: columns) {
        tile.set(panel, to: units.rows(panel), from: zeros.rows(panel))
      }
      for panel in SecondMomentFactor.panels(of: columns) {
        let targets = Matrix(rows: panel.count, columns: rows)
        targets.clear()
        factor.products.subtractFeedback(of: tile, from: targets, panel)
        for (row, j) in panel.enumerated() {
          for place in 0..<min(rows, columns - start) where start + place < panel.lowerBound {
            m[(start + place) * columns + j] = -Double(targets[row][place])
          }
        }
      }
    }
    let tolerance = Kernels.bfloat == nil ? 1e-4 : 0.02
    for i in 0..<columns {
      #expect(m[i * columns + i] == 1)
      for j in i..<columns {
        let sum = (j..<columns).reduce(0.0) {
          $0 + m[i * columns + $1] * Double(factor.pivots[$1]) * m[j * columns + $1]
        }
        #expect(abs(sum - expected[i * columns + j]) < tolerance)
      }
    }
  }

  @Test("gives the slope of the loss, in floats and in bf16", arguments: [48, 320])
  func slope(columns: Int) {
    let layer = CorrelatedLayer(columns: columns)
    let factor = SecondMomentFactor(
      layer.matrix, importance: layer.importance, coupled: layer.importance, shrinkage: 0.1,
      on: Workers(1))
    let expected = layer.moments(shrinkage: 0.1)
    let (errors, values) = tile(columns: columns, seed: 3)
    let tolerance = Kernels.bfloat == nil ? 1e-3 : 0.1
    for panel in SecondMomentFactor.panels(of: columns) {
      let slope = Matrix(rows: panel.count, columns: values.columns)
      factor.products.setSlope(slope, of: panel, errors)
      for (row, i) in panel.enumerated() {
        for place in [0, 17, 63] {
          let sum = (0..<columns).reduce(0.0) {
            $0 + expected[i * columns + $1] * Double(values[$1][place])
          }
          #expect(abs(Double(slope[row][place]) - sum) < tolerance)
        }
      }
    }
  }

  @Test("stays close where one direction has nearly all of the moments")
  func dominated() {
    // What is left beside the direction is less than `bf16` can tell from it.
    let columns = 1600
    var random = SeededGenerator(seed: 6)
    let direction = (0..<columns).map { _ in
      Float.random(in: 0.7...1, using: &random) * (Bool.random(using: &random) ? 1 : -1)
    }
    let matrix = Matrix(rows: columns, columns: columns)
    for row in 0..<columns {
      for column in 0..<columns { matrix[row][column] = direction[row] * direction[column] }
      matrix[row][row] = 1
    }
    let rest = direction.map { 1.01 - Double($0) * Double($0) }
    let ones = [Float](repeating: 1, count: columns)
    let factor = SecondMomentFactor(
      matrix, importance: ones, coupled: ones, shrinkage: 0, on: Workers(2))
    // dⱼ = rⱼ + uⱼ² ÷ (1 + Σₖ>ⱼ uₖ² ÷ rₖ), of H = u uᵀ + diag r.
    var known = 1.0
    for column in (0..<columns).reversed() {
      let square = Double(direction[column]) * Double(direction[column])
      let expected = rest[column] + square / known
      #expect(abs(Double(factor.pivots[column]) / expected - 1) < 0.1)
      known += square / rest[column]
    }
  }

  @Test("is the same for any number of threads")
  func threads() {
    let layer = CorrelatedLayer(columns: 800)
    let pivots = [1, 2, 3].map {
      SecondMomentFactor(
        layer.matrix, importance: layer.importance, coupled: layer.importance, shrinkage: 0.2,
        on: Workers($0)
      ).pivots
    }
    #expect(pivots[0] == pivots[1] && pivots[0] == pivots[2])
  }

  @Test("exists for moments that have no inverse")
  func singular() {
    // One direction alone, so that every pivot but one would be zero.
    let columns = 96
    let matrix = Matrix(rows: columns, columns: columns)
    for row in 0..<columns {
      for column in 0..<columns { matrix[row][column] = (row + column) % 2 == 0 ? 1 : -1 }
    }
    let ones = [Float](repeating: 1, count: columns)
    let factor = SecondMomentFactor(
      matrix, importance: ones, coupled: ones, shrinkage: 0, on: Workers(1))
    #expect(factor.pivots.allSatisfy { $0 > 0 && $0.isFinite })
  }
}
