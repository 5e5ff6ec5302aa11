import GGUF
import LinearAlgebra
import Threads

/// A table that has a row of features for every token.
struct EmbeddingTable: Sendable {
  let tensor: TensorDescriptor
  /// What its rows are multiplied by.
  let scale: Float

  /// Tokens that have a row.
  var tokens: Int { tensor.rows }

  /// The rows of these tokens, which must have some, multiplied.
  func callAsFunction(
    _ tokens: [Int32], from source: any WeightSource, on workers: Workers
  ) throws -> Matrix {
    let x = Matrix(rows: tokens.count, columns: tensor.columns)
    let group = tensor.type.rowsPerGroup
    try workers.forEach(tokens.count) { index in
      let (first, offset) = (Int(tokens[index]) / group * group, Int(tokens[index]) % group)
      let rows = Matrix(rows: group, columns: x.columns)
      try source.read(
        tensor, rows: first..<first + group,
        into: UnsafeMutableBufferPointer(start: rows[0], count: group * x.columns))
      x[index].update(from: rows[offset], count: x.columns)
    }
    x.scale(by: scale)
    return x
  }

  /// Sums up the tokens that were looked up and the gradients at their rows; `gradient`, that at what was given for
  /// them, is overwritten.
  func add(
    _ tokens: [Int32], consuming gradient: Matrix, to sums: inout CalibrationSums,
    on workers: Workers
  ) {
    gradient.scale(by: scale)
    sums.add(
      table: tensor.name, rows: tensor.rows, tokens: tokens, gradients: gradient, on: workers)
  }
}
