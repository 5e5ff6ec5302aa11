import Compensation
import Foundation
import LinearAlgebra
import Threads

/// Seeded second moments such as inputs of real layers have: a mean direction with a third of the energy, sixty-four
/// directions of falling strength, and a rest in which columns do not depend on each other.
struct BenchmarkMoments {
  let factor: SecondMomentFactor
  /// The directions scaled by what columns count, the first row the mean; and the rest of each column.
  private let directions: [[Float]]
  private let rest: [Float]

  init(_ matrix: BenchmarkMatrix) {
    let columns = matrix.columns
    var random = Gaussian(state: 2)
    var directions: [[Double]] = []
    for number in 0...64 {
      let strength = number == 0 ? 1.0 : 4 / Double(number + 8)
      directions.append((0..<columns).map { _ in strength * random.next() })
    }
    let rest = 0.5
    var squares = [Double](repeating: rest, count: columns)
    for direction in directions {
      for column in 0..<columns { squares[column] += direction[column] * direction[column] }
    }
    let correlations = Matrix(rows: columns, columns: columns)
    let unit = directions.map { direction in
      (0..<columns).map { Float(direction[$0] / squares[$0].squareRoot()) }
    }
    Workers(2).forEachRange(of: columns, size: 64) { rows in
      for i in rows {
        let row = correlations[i]
        row.update(repeating: 0, count: columns)
        for direction in unit {
          let factor = direction[i]
          for j in 0..<columns { row[j] += factor * direction[j] }
        }
        row[i] = 1
      }
    }
    let scales = matrix.importance.map { $0.squareRoot() }
    self.directions = unit.map { zip($0, scales).map { $0 * $1 } }
    self.rest = (0..<columns).map { Float(rest / squares[$0]) * matrix.importance[$0] }
    factor = SecondMomentFactor(
      correlations, importance: matrix.importance, coupled: matrix.importance, shrinkage: 0.1,
      on: Workers(2))
  }

  /// e H eᵀ.
  func loss(_ error: [Float]) -> Double {
    var loss = 0.0
    for direction in directions {
      var sum: Float = 0
      for column in error.indices { sum += direction[column] * error[column] }
      loss += Double(sum) * Double(sum)
    }
    for column in error.indices { loss += Double(rest[column] * error[column] * error[column]) }
    return loss
  }
}
