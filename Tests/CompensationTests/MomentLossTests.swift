import Compensation
import LinearAlgebra
import Testing
import Threads

@Suite("The loss by second moments") struct MomentLossTests {
  @Test("is e H eᵀ of every row")
  func loss() {
    let layer = CorrelatedLayer(columns: 64, rows: 3)
    let errors = Matrix(rows: 3, columns: 64)
    for (row, values) in layer.rows.enumerated() {
      for column in values.indices { errors[row][column] = values[column] }
    }
    let losses = MomentLoss(
      layer.matrix, importance: layer.importance, coupled: layer.importance
    ).losses(of: [errors], on: Workers(1))[0]
    let mean = layer.importance.reduce(0) { $0 + Double($1) } / 64
    for (loss, row) in zip(losses, layer.rows) {
      let expected = mean * layer.loss(row)
      #expect(abs(loss - expected) < 1e-4 * expected)
    }
  }

  @Test("couples columns by their part in products alone")
  func coupled() {
    let layer = CorrelatedLayer(columns: 32, rows: 1)
    let errors = Matrix(rows: 1, columns: 32)
    for column in 0..<32 { errors[0][column] = layer.rows[0][column] }
    let none = [Float](repeating: 0, count: 32)
    let loss = MomentLoss(layer.matrix, importance: layer.importance, coupled: none)
      .losses(of: [errors], on: Workers(1))[0][0]
    let diagonal = zip(layer.rows[0], layer.importance).reduce(0) {
      $0 + Double($1.0 * $1.0 * $1.1)
    }
    #expect(abs(loss - diagonal) < 1e-5 * diagonal)
  }
}

@Suite("Shrinkage") struct ShrinkageTests {
  @Test("grows as tokens become fewer, and is never all or nothing")
  func amount() {
    let amounts = [1, 100, 1000, 2000, 5000, 10_000, 1e6].map {
      Shrinkage.amount(tokens: $0, columns: 1000)
    }
    #expect(amounts == amounts.sorted(by: >))
    #expect(amounts.allSatisfy { $0 > 0 && $0 <= 0.95 })
    #expect(amounts[0] == amounts[1] && amounts[2] > amounts[3])
  }
}
