import GGUF
import LinearAlgebra

/// What a factor of second moments says of each unit of a type by itself, columns before it being done with.
///
/// With M of a unit and itself M₁, and S what earlier errors put on its columns, the loss of the unit is
/// (ŵ − t) Q (ŵ − t)ᵀ, where t = w − S M₁⁻¹ and Q = M₁ D₁ M₁ᵀ.
final class UnitFactors: @unchecked Sendable {
  // Unchecked: written by `init` alone.

  /// Columns of a unit.
  let size: Int
  /// The diagonal of Q: what errors count by where the columns of a unit do not make up for each other.
  let weights: [Float]
  /// For each unit M₁⁻¹, `columns × size`.
  let inverses: Matrix
  /// For each unit M of Q, `columns × size`, in the order in which its weights are rounded.
  let feedback: Matrix
  /// D of Q, in that order.
  let pivots: AlignedBuffer<Float>

  /// What tells the units of types apart.
  struct Kind: Hashable {
    /// Columns of a unit.
    let size: Int
    /// Whether groups of four weights share a parity.
    let hasParity: Bool
  }

  /// Groups of four that share a parity, one after the other: see `rk_kernels.feedback_codes`.
  private static let parityOrder = stride(from: 0, to: 16, by: 2).flatMap {
    [$0, $0 + 16, $0 + 1, $0 + 17]
  }

  init(of factor: SecondMomentFactor, _ kind: Kind) {
    let size = kind.size
    let order = kind.hasParity ? Self.parityOrder : nil
    self.size = size
    let columns = factor.columns
    var weights = [Float](repeating: 0, count: columns)
    pivots = AlignedBuffer(count: columns)
    inverses = Matrix(rows: columns, columns: size)
    feedback = Matrix(rows: columns, columns: size)
    for start in stride(from: 0, to: columns, by: size) {
      let unit = start..<start + size
      let m = factor.feedback(unit, unit)
      let q = Self.conditional(m, factor.pivots[unit])
      let own = order.map { UpperFactor(of: q, order: $0, least: 1e-6) }
      for row in 0..<size {
        weights[start + row] = q[row][row]
        pivots[start + row] = own.map { Float($0.pivots[row]) } ?? factor.pivots[start + row]
        for column in 0..<size {
          feedback[start + row][column] = own.map { Float($0.upper(row, column)) } ?? m[row][column]
        }
      }
      Self.invert(m, into: inverses.rows(unit))
    }
    self.weights = weights
  }

  /// M D Mᵀ.
  private static func conditional(_ m: Matrix, _ pivots: ArraySlice<Float>) -> Matrix {
    let size = m.rows
    let q = Matrix(rows: size, columns: size)
    let scaled = m.copy()
    for i in 0..<size {
      for k in 0..<size { scaled[i][k] *= pivots[pivots.startIndex + k] }
    }
    for i in 0..<size {
      let first = scaled[i]
      for j in i..<size {
        let second = m[j]
        var sum: Float = 0
        for k in j..<size { sum += first[k] * second[k] }
        q[i][j] = sum
        q[j][i] = sum
      }
    }
    return q
  }

  private static func invert(_ m: Matrix, into inverse: Matrix) {
    let size = m.rows
    inverse.clear()
    for row in (0..<size).reversed() {
      inverse[row][row] = 1
      for middle in row + 1..<max(size, row + 1) {
        let factor = m[row][middle]
        let (target, source) = (inverse[row], inverse[middle])
        for column in middle..<size { target[column] -= factor * source[column] }
      }
    }
  }
}
