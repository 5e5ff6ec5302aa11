import NeuralNetwork
import Statistics

extension CalibrationSums {
  /// The sums as files of statistics hold them (see `GGUFImatrix`), weights in the order of
  /// their names, each with its own copy of what it shares with others.
  var statistics: [NamedVector] {
    let inputs = inputsByWeight
    var vectors: [NamedVector] = []
    for name in Set(inputs.keys).union(lookups.keys).sorted() {
      func add(_ quantity: TensorSums.Quantity, _ values: [Double], slices: Int? = 1) {
        vectors.append(NamedVector(name, quantity, values, slices: slices))
      }
      if let input = inputs[name], let gradientSquares = gradientSquares[name],
        let weighted = weightedInputs[name]
      {
        add(.importance, input.squares, slices: input.tokens.count)
        add(.counts, input.tokens, slices: input.tokens.count)
        add(.weightedImportance, weighted.squares, slices: input.tokens.count)
        add(.weights, weighted.weights, slices: input.tokens.count)
        add(.rowSensitivity, gradientSquares, slices: input.tokens.count)
        add(.weightedSensitivity, weighted.rowSquares, slices: input.tokens.count)
      }
      if let lookup = lookups[name] {
        add(.lookupCounts, lookup.tokens, slices: nil)
        add(.lookupSensitivity, lookup.gradientSquares)
        if inputs[name] == nil { add(.counts, [lookup.tokens.reduce(0, +)]) }
      }
    }
    return vectors
  }
}

extension NamedVector {
  /// A quantity of a weight.
  ///
  /// - Parameter slices: the second dimension; nil where there is none.
  init(_ name: String, _ quantity: TensorSums.Quantity, _ values: [Double], slices: Int? = 1) {
    let shape = slices.map { [values.count / $0, $0] } ?? [values.count]
    self.init(name: name + quantity.rawValue, shape: shape, values: values)
  }
}
