import LinearAlgebra
import NeuralNetwork
import Statistics
import Testing
import TestSupport
import Threads

/// Σ x xᵀ by the plain formula.
struct ReferenceMoment {
  private let columns: Int
  private let values: [Double]

  /// - Parameter tokens: the features of each, `columns` of them.
  init(_ tokens: [[Float]], columns: Int) {
    self.columns = columns
    var values = [Double](repeating: 0, count: columns * columns)
    for token in tokens {
      for i in 0..<columns {
        for j in 0...i { values[i * columns + j] += Double(token[i]) * Double(token[j]) }
      }
    }
    self.values = values
  }

  /// How far sums in tiles are off at most, as a share of √(Hᵢᵢ Hⱼⱼ); infinite where something stands beyond the
  /// matrix.
  func error(of sums: [Float]) -> Double {
    let tiles = TriangleTiles(columns: columns)!
    var worst = 0.0
    for index in 0..<tiles.count {
      let (row, column) = tiles.place(of: index)
      for i in 0..<TriangleTiles.side {
        for j in 0..<TriangleTiles.side {
          let (a, b) = (row * TriangleTiles.side + i, column * TriangleTiles.side + j)
          let found = Double(sums[index * TriangleTiles.elements + i * TriangleTiles.side + j])
          guard a < columns, b < columns else {
            if found != 0 { return .infinity }
            continue
          }
          guard b <= a else { continue }
          let scale = (values[a * columns + a] * values[b * columns + b]).squareRoot()
          let error = abs(found - values[a * columns + b])
          worst = max(worst, error > 0 ? error / scale : 0)
        }
      }
    }
    return worst
  }
}

@Suite("Sums of outer products") struct TriangleSumsTests {
  /// Batches of features with a mean that is not zero, so that errors of sums would add up.
  func batches(_ columns: Int, rows: [Int]) -> [Matrix] {
    var random = SeededGenerator(seed: 7)
    return rows.map { rows in
      let x = Matrix.random(rows: rows, columns: columns, &random)
      for row in 0..<rows { for column in 0..<columns { x.row(row)[column] += 0.5 } }
      return x
    }
  }

  func sums(
    _ batches: [Matrix], _ arithmetic: Arithmetic, threads: Int
  ) throws -> TriangleSums {
    let sums = TriangleSums(try #require(TriangleTiles(columns: batches[0].columns)))
    for batch in batches { sums.add(batch, arithmetic, on: Workers(threads)) }
    return sums
  }

  @Test(
    "are those of the plain formula, and the same bits for any number of threads",
    arguments: [1, 2, 63, 64, 65, 256, 300, 513], [Arithmetic.float, .bfloat])
  func values(columns: Int, arithmetic: Arithmetic) throws {
    let batches = self.batches(columns, rows: [7, 32, 1])
    let one = try self.sums(batches, arithmetic, threads: 1)
    let three = try self.sums(batches, arithmetic, threads: 3)
    #expect(one.tokens == 40 && one.isFinite)
    #expect(Array(one.values) == Array(three.values))
    let tokens = batches.flatMap { x in (0..<x.rows).map { Array(x.row($0)) } }
    let error = ReferenceMoment(tokens, columns: columns).error(of: Array(one.values))
    #expect(error < (arithmetic == .bfloat && Arithmetic.hasBFloat ? 0x1p-8 : 1e-6))
  }

  @Test("do not lose what is added late", arguments: [Arithmetic.float, .bfloat])
  func manyBatches(arithmetic: Arithmetic) throws {
    // Features that `bf16` has, so that sums alone are rounded.
    let batches = self.batches(64, rows: Array(repeating: 512, count: 128))
    for batch in batches {
      for row in 0..<batch.rows {
        for column in 0..<64 {
          batch.row(row)[column] = (batch.row(row)[column] * 16).rounded() / 16
        }
      }
    }
    let tokens = batches.flatMap { x in (0..<x.rows).map { Array(x.row($0)) } }
    let sums = try self.sums(batches, arithmetic, threads: 2)
    #expect(ReferenceMoment(tokens, columns: 64).error(of: Array(sums.values)) < 1e-6)
  }
}
