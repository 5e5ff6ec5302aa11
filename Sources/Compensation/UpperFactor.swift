import LinearAlgebra

/// A small symmetric matrix as M D Mᵀ, M upper triangular with ones on its diagonal, in double precision.
struct UpperFactor {
  /// D.
  private(set) var pivots: [Double]
  private let size: Int
  private var values: [Double]

  /// - Parameters:
  ///   - matrix: of which the upper triangle is read.
  ///   - order: the row and column of the matrix that stand in each place; nil as they are.
  ///   - least: what no pivot is below.
  init(of matrix: Matrix, order: [Int]? = nil, least: Double) {
    let size = matrix.rows
    self.size = size
    var values = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in row..<size {
        let (i, j) = (order?[row] ?? row, order?[column] ?? column)
        values[row * size + column] = Double(matrix[min(i, j)][max(i, j)])
      }
    }
    var pivots = [Double](repeating: 0, count: size)
    for last in (0..<size).reversed() {
      let pivot = max(values[last * size + last], least)
      pivots[last] = pivot
      values[last * size + last] = 1
      let column = (0..<last).map { values[$0 * size + last] / pivot }
      for row in 0..<last {
        values[row * size + last] = column[row]
        let factor = column[row] * pivot
        guard factor != 0 else { continue }
        for other in row..<last { values[row * size + other] -= factor * column[other] }
      }
    }
    self.values = values
    self.pivots = pivots
  }

  /// A value of M.
  func upper(_ row: Int, _ column: Int) -> Double { values[row * size + column] }

  /// (D Mᵀ)⁻¹ = M⁻ᵀ D⁻¹, lower triangular.
  var inverseOfScaledTranspose: Matrix {
    let inverse = self.inverse
    let result = Matrix(rows: size, columns: size)
    for row in 0..<size {
      for column in 0..<size {
        result[row][column] = Float(inverse[column * size + row] / pivots[column])
      }
    }
    return result
  }

  /// M⁻¹, upper triangular, row after row.
  var inverse: [Double] {
    var inverse = [Double](repeating: 0, count: size * size)
    for row in (0..<size).reversed() {
      inverse[row * size + row] = 1
      for middle in row + 1..<max(size, row + 1) {
        let factor = values[row * size + middle]
        guard factor != 0 else { continue }
        for column in middle..<size {
          inverse[row * size + column] -= factor * inverse[middle * size + column]
        }
      }
    }
    return inverse
  }
}
