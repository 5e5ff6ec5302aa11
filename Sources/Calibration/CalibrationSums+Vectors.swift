import NeuralNetwork
import Statistics

extension CalibrationSums {
  /// The sums as files of statistics hold them (see `GGUFStatistics`), weights in the order of
  /// their names.
  var vectors: [NamedVector] {
    var vectors: [NamedVector] = []
    for name in Set(linear.keys).union(lookup.keys).sorted() {
      func add(_ quantity: TensorSums.Quantity, _ values: [Double], slices: Int? = 1) {
        let shape = slices.map { [values.count / $0, $0] } ?? [values.count]
        vectors.append(
          NamedVector(name: name + quantity.rawValue, shape: shape, values: values))
      }
      if let linear = linear[name] {
        add(.importance, linear.inputSquares, slices: linear.tokens.count)
        add(.counts, linear.tokens, slices: linear.tokens.count)
        add(.rowSensitivity, linear.gradientSquares, slices: linear.tokens.count)
      }
      if let lookup = lookup[name] {
        add(.lookupCounts, lookup.tokens, slices: nil)
        add(.lookupSensitivity, lookup.gradientSquares)
        if linear[name] == nil { add(.counts, [lookup.tokens.reduce(0, +)]) }
      }
    }
    return vectors
  }

  /// The sums that `vectors` gave; others among them are left out.
  init(_ vectors: [NamedVector]) {
    var linear: [String: Linear] = [:]
    var lookup: [String: Lookup] = [:]
    let values = Dictionary(vectors.map { ($0.name, $0.values) }) { first, _ in first }
    for vector in vectors {
      guard let (name, quantity) = TensorSums.Quantity.parse(vector.name) else { continue }
      func other(_ quantity: TensorSums.Quantity) -> [Double] {
        values[name + quantity.rawValue] ?? []
      }
      if quantity == .importance {
        linear[name] = Linear(
          inputSquares: vector.values, gradientSquares: other(.rowSensitivity),
          tokens: other(.counts))
      } else if quantity == .lookupCounts {
        lookup[name] = Lookup(tokens: vector.values, gradientSquares: other(.lookupSensitivity))
      }
    }
    self.init(linear: linear, lookup: lookup)
  }
}
