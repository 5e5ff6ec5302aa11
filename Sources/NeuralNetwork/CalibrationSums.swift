import Codecs
import KernelsC
import LinearAlgebra
import Threads

/// What calibration has summed up of every weight, over all tokens so far.
package struct CalibrationSums: Sendable, Equatable {
  /// A place in the network whose features some weights read: queries, keys and values share one, as do
  /// gates and what they gate.
  package struct InputSite: Sendable, Equatable {
    /// The names of the weights, in the order of their outputs.
    package let weights: [String]
    /// Σ x² of every column, slice (expert or head) after slice, `columns × slices`.
    package fileprivate(set) var squares: [Double]
    /// The tokens that reached each slice.
    package fileprivate(set) var tokens: [Double]

    package init(weights: [String], squares: [Double], tokens: [Double]) {
      self.weights = weights
      self.squares = squares
      self.tokens = tokens
    }
  }

  /// What a weight reads, every token counted by how much errors at it matter: by its gradient energy
  /// s = Σ δ² at the weight's own outputs, clipped as `TokenWeights` does.
  package struct WeightedInput: Sendable, Equatable {
    /// Σ s x² of every column, slice (expert or head) after slice, `columns × slices`.
    package fileprivate(set) var squares: [Double]
    /// Σ ‖x‖² δ² of every row of the weight, slice after slice, not clipped.
    package fileprivate(set) var rowSquares: [Double]
    /// Σ s over the tokens that reached each slice.
    package fileprivate(set) var weights: [Double]
    /// The tokens whose s was clipped, over all slices.
    package fileprivate(set) var clipped: Double
    /// The largest s before it was clipped, in medians of s.
    package fileprivate(set) var largest: Double

    package init(
      squares: [Double], rowSquares: [Double], weights: [Double], clipped: Double, largest: Double
    ) {
      self.squares = squares
      self.rowSquares = rowSquares
      self.weights = weights
      self.clipped = clipped
      self.largest = largest
    }
  }

  /// What a table of embeddings met.
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

  /// What linear layers read, by the name of each site's first weight.
  package private(set) var inputs: [String: InputSite] = [:]
  /// Σ δ² of every row of a linear layer, slice after slice, `rowsPerSlice × slices`, by the name of its
  /// weight; δ is the gradient of the summed log-likelihood of a sequence at the layer's output.
  package private(set) var gradientSquares: [String: [Double]] = [:]
  /// What each linear layer reads, its tokens weighted, by the name of its weight.
  package private(set) var weightedInputs: [String: WeightedInput] = [:]
  /// What tables of embeddings met, by their names.
  package private(set) var lookups: [String: Lookup] = [:]

  /// Nothing yet.
  package init() {}

  /// Sums that were taken before.
  package init(
    inputs: [InputSite], gradientSquares: [String: [Double]],
    weightedInputs: [String: WeightedInput], lookups: [String: Lookup]
  ) {
    self.inputs = Dictionary(uniqueKeysWithValues: inputs.map { ($0.weights[0], $0) })
    self.gradientSquares = gradientSquares
    self.weightedInputs = weightedInputs
    self.lookups = lookups
  }

  /// What each linear layer reads, by the name of its weight.
  package var inputsByWeight: [String: InputSite] {
    Dictionary(
      uniqueKeysWithValues: inputs.values.flatMap { site in site.weights.map { ($0, site) } })
  }

  /// Adds what another pass of the same model has summed up.
  package mutating func merge(_ other: CalibrationSums) {
    inputs.merge(other.inputs) { $0 + $1 }
    gradientSquares.merge(other.gradientSquares) { $0.adding($1) }
    weightedInputs.merge(other.weightedInputs) { $0 + $1 }
    lookups.merge(other.lookups) { $0 + $1 }
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
    // All layers of a projection belong to one expert.
    add(
      projection.parts.map { ($0.name, $0.columns) }, slice: projection.parts[0].slice,
      of: slices, inputs: x, gradients: dy, on: workers)
  }

  /// Adds the tokens of linear layers that read the same input.
  ///
  /// - Parameters:
  ///   - weights: their names, and where their outputs stand in `dy`.
  ///   - slice: the number of the expert, or the head, that they belong to.
  ///   - slices: how many there are.
  ///   - x: their inputs.
  ///   - dy: the gradients at their outputs.
  mutating func add(
    _ weights: [(name: String, columns: Range<Int>)], slice: Int = 0, of slices: Int = 1,
    inputs x: Matrix, gradients dy: Matrix, on workers: Workers
  ) {
    let site = weights[0].name
    if inputs[site] == nil {
      inputs[site] = InputSite(
        weights: weights.map(\.name),
        squares: Array(repeating: 0, count: x.columns * slices),
        tokens: Array(repeating: 0, count: slices))
    }
    inputs[site]?.squares.add(x.columnSquares(on: workers), slice: slice)
    inputs[site]?.tokens[slice] += Double(x.rows)
    for weight in weights {
      let gradients = dy.columns(weight.columns)
      gradientSquares[
        weight.name, default: Array(repeating: 0, count: weight.columns.count * slices)
      ].add(gradients.columnSquares(on: workers), slice: slice)
      weightedInputs[
        weight.name,
        default: WeightedInput(columns: x.columns, rows: weight.columns.count, slices: slices)
      ].add(
        x, gradients, weighing: TokenWeights(gradients: gradients, on: workers), slice: slice,
        on: workers)
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
      lookups.removeValue(forKey: name)
      ?? Lookup(
        tokens: Array(repeating: 0, count: rows),
        gradientSquares: Array(repeating: 0, count: dy.columns))
    for token in tokens { sums.tokens[Int(token)] += 1 }
    sums.gradientSquares.add(dy.columnSquares(on: workers), slice: 0)
    lookups[name] = sums
  }
}

extension CalibrationSums.InputSite {
  fileprivate static func + (a: Self, b: Self) -> Self {
    Self(
      weights: a.weights, squares: a.squares.adding(b.squares), tokens: a.tokens.adding(b.tokens))
  }
}

extension CalibrationSums.WeightedInput {
  /// Nothing yet.
  fileprivate init(columns: Int, rows: Int, slices: Int) {
    self.init(
      squares: Array(repeating: 0, count: columns * slices),
      rowSquares: Array(repeating: 0, count: rows * slices),
      weights: Array(repeating: 0, count: slices), clipped: 0, largest: 0)
  }

  fileprivate static func + (a: Self, b: Self) -> Self {
    Self(
      squares: a.squares.adding(b.squares), rowSquares: a.rowSquares.adding(b.rowSquares),
      weights: a.weights.adding(b.weights),
      clipped: a.clipped + b.clipped, largest: max(a.largest, b.largest))
  }

  /// Adds the tokens that reached a slice, one a row.
  fileprivate mutating func add(
    _ x: Matrix, _ gradients: Matrix, weighing tokens: TokenWeights, slice: Int,
    on workers: Workers
  ) {
    rowSquares.add(
      gradients.columnSquares(weighing: x.rowSquares(on: workers), on: workers), slice: slice)
    squares.add(
      x.columnSquares(weighing: tokens.shares, on: workers), times: tokens.median, slice: slice)
    weights[slice] += tokens.shares.reduce(0) { $0 + Double($1) } * tokens.median
    clipped += Double(tokens.clipped)
    largest = max(largest, tokens.largest)
  }
}

extension CalibrationSums.Lookup {
  fileprivate static func + (a: Self, b: Self) -> Self {
    Self(
      tokens: a.tokens.adding(b.tokens),
      gradientSquares: a.gradientSquares.adding(b.gradientSquares))
  }
}

extension [Double] {
  /// The sums of the elements of two lists of one length.
  fileprivate func adding(_ other: [Double]) -> [Double] { zip(self, other).map(+) }

  /// Adds a slice's sums, times a factor, where they belong among those of all slices.
  fileprivate mutating func add(_ sums: [Float], times factor: Double = 1, slice: Int) {
    for (offset, sum) in sums.enumerated() {
      self[slice * sums.count + offset] += factor * Double(sum)
    }
  }
}

extension Matrix {
  /// The sum of squares of each row.
  func rowSquares(on workers: Workers) -> [Float] {
    let sums = Matrix(rows: 1, columns: rows)
    workers.forEachRange(of: rows, size: 32) { range in
      for row in range {
        sums[0][row] = Kernels.active.pointee.dot(self[row], self[row], Int32(columns))
      }
    }
    return Array(sums.row(0))
  }

  /// The sum of squares of each column.
  ///
  /// - Parameter weights: what the squares of each row count; nil where all count alike.
  fileprivate func columnSquares(weighing weights: [Float]? = nil, on workers: Workers) -> [Float] {
    let sums = Matrix.zeros(rows: 1, columns: columns)
    workers.forEachRange(of: columns, size: 256) { range in
      for row in 0..<rows {
        Kernels.active.pointee.add_squares(
          self[row] + range.lowerBound, weights?[row] ?? 1, Int32(range.count),
          sums[0] + range.lowerBound)
      }
    }
    return Array(sums.row(0))
  }
}
