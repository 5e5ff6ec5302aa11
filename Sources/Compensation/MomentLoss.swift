package import LinearAlgebra
package import Threads

/// The loss e H eᵀ of rows, by second moments that are not shrunk.
package struct MomentLoss {
  private let moments: Matrix

  /// - Parameters:
  ///   - correlations: `columns × columns`; they become the moments.
  ///   - importance: the diagonal of H.
  ///   - coupled: what correlations are in proportion to, of each column: the importance, or a part of it.
  package init(_ correlations: Matrix, importance: [Float], coupled: [Float]) {
    let scales = coupled.map { $0.squareRoot() }
    for row in 0..<correlations.rows {
      let values = correlations[row]
      for column in 0..<correlations.columns { values[column] *= scales[row] * scales[column] }
      values[row] = importance[row]
    }
    moments = correlations
  }

  /// The loss of every row of each matrix of errors.
  package func losses(of errors: [Matrix], on workers: Workers) -> [[Double]] {
    errors.map { errors in
      let product = Matrix(rows: errors.rows, columns: errors.columns)
      product.assign(errors, times: moments, on: workers)
      return (0..<errors.rows).map { row in
        zip(errors.row(row), product.row(row)).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      }
    }
  }
}
