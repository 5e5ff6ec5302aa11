import Codecs
import KernelsC
import Threads

/// What calibration has summed up of every weight, over all tokens so far.
package struct CalibrationSums: Sendable {
  /// Of a linear layer, slice (expert) after slice.
  package struct Linear: Sendable, Equatable {
    /// Σ x² of every column, `columns × slices`.
    package fileprivate(set) var inputSquares: [Double]
    /// Σ δ² of every row, `rowsPerSlice × slices`; δ is the gradient of the summed log-likelihood of
    /// a sequence at the layer's output.
    package fileprivate(set) var gradientSquares: [Double]
    /// Tokens that reached each slice.
    package fileprivate(set) var tokens: [Double]

    package init(inputSquares: [Double], gradientSquares: [Double], tokens: [Double]) {
      self.inputSquares = inputSquares
      self.gradientSquares = gradientSquares
      self.tokens = tokens
    }
  }

  /// Of a table of embeddings.
  package struct Lookup: Sendable, Equatable {
    /// How often each row's token occurred.
    package fileprivate(set) var tokens: [Double]
    /// Σ δ² of every column, at the table's output.
    package fileprivate(set) var gradientSquares: [Double]

    package init(tokens: [Double], gradientSquares: [Double]) {
      self.tokens = tokens
      self.gradientSquares = gradientSquares
    }
  }

  /// By name of the weight.
  package private(set) var linear: [String: Linear] = [:]
  /// By name of the table.
  package private(set) var lookup: [String: Lookup] = [:]

  /// Nothing yet.
  package init() {}

  /// Sums that were taken before.
  package init(linear: [String: Linear], lookup: [String: Lookup]) {
    self.linear = linear
    self.lookup = lookup
  }

  /// Adds what another pass of the same model has summed up.
  package mutating func merge(_ other: CalibrationSums) {
    linear.merge(other.linear) { $0 + $1 }
    lookup.merge(other.lookup) { $0 + $1 }
  }

  /// Adds the tokens of a projection.
  ///
  /// - Parameters:
  ///   - slices: how many experts there are.
  ///   - x: its inputs.
  ///   - dy: the gradients at its outputs.
  mutating func add(
    _ projection: Projection, slices: Int = 1, inputs x: Matrix, gradients dy: Matrix,
    on workers: Workers
  ) {
    let inputs = x.columnSquares(on: workers)
    let gradients = dy.columnSquares(on: workers)
    for part in projection.parts {
      if linear[part.name] == nil {
        linear[part.name] = Linear(
          inputSquares: Array(repeating: 0, count: x.columns * slices),
          gradientSquares: Array(repeating: 0, count: part.columns.count * slices),
          tokens: Array(repeating: 0, count: slices))
      }
      linear[part.name]?.inputSquares.add(inputs[...], slice: part.slice)
      linear[part.name]?.gradientSquares.add(gradients[part.columns], slice: part.slice)
      linear[part.name]?.tokens[part.slice] += Double(x.rows)
    }
  }

  /// Adds the tokens of a table of embeddings.
  ///
  /// - Parameters:
  ///   - rows: the rows of the table.
  ///   - dy: the gradients at its output.
  mutating func add(
    table name: String, rows: Int, tokens: [Int32], gradients dy: Matrix, on workers: Workers
  ) {
    var sums =
      lookup.removeValue(forKey: name)
      ?? Lookup(
        tokens: Array(repeating: 0, count: rows),
        gradientSquares: Array(repeating: 0, count: dy.columns))
    for token in tokens { sums.tokens[Int(token)] += 1 }
    sums.gradientSquares.add(dy.columnSquares(on: workers)[...], slice: 0)
    lookup[name] = sums
  }
}

extension CalibrationSums.Linear {
  fileprivate static func + (a: Self, b: Self) -> Self {
    Self(
      inputSquares: zip(a.inputSquares, b.inputSquares).map(+),
      gradientSquares: zip(a.gradientSquares, b.gradientSquares).map(+),
      tokens: zip(a.tokens, b.tokens).map(+))
  }
}

extension CalibrationSums.Lookup {
  fileprivate static func + (a: Self, b: Self) -> Self {
    Self(
      tokens: zip(a.tokens, b.tokens).map(+),
      gradientSquares: zip(a.gradientSquares, b.gradientSquares).map(+))
  }
}

extension [Double] {
  fileprivate mutating func add(_ sums: ArraySlice<Float>, slice: Int) {
    for (offset, sum) in sums.enumerated() { self[slice * sums.count + offset] += Double(sum) }
  }
}

extension Matrix {
  /// Of each column the sum of squares.
  fileprivate func columnSquares(on workers: Workers) -> [Float] {
    let sums = Matrix.zeros(rows: 1, columns: columns)
    workers.forEachRange(of: columns, size: 256) { range in
      for row in 0..<rows {
        Kernels.active.pointee.add_squares(
          self[row] + range.lowerBound, Int32(range.count), sums[0] + range.lowerBound)
      }
    }
    return Array(sums.row(0))
  }
}
