package import GGUF

/// How far the statistics of a model are from those of endless text of the same kind.
package struct Convergence: Sendable {
  /// One weight.
  package struct Weight: Sendable {
    package let name: String
    /// How many elements the tensor has.
    package let elements: Int
    /// Σ g h (see `CalibrationSums.fisherTraces`).
    package let trace: Double
    /// The standard error of `trace`, as a share of it; nil with fewer than two batches.
    package let error: Double?

    package init(name: String, elements: Int, trace: Double, error: Double?) {
      self.name = name
      self.elements = elements
      self.trace = trace
      self.error = error
    }
  }

  /// All that were measured, in the order of the model.
  package let weights: [Weight]

  package init(weights: [Weight]) { self.weights = weights }

  /// The convergence of what a calibration has done, from the variation between its batches.
  package init(_ state: CalibrationState, of model: ModelFile) {
    let traces = state.sums.fisherTraces
    weights = model.tensors.compactMap { tensor in
      traces[tensor.name].map { trace in
        Weight(
          name: tensor.name, elements: tensor.elements, trace: trace,
          error: state.traces[tensor.name]?.relativeStandardError)
      }
    }
  }

  /// The error that half of the weights do not exceed; nil where errors are not known.
  package var medianError: Double? {
    let errors = weights.compactMap(\.error).sorted()
    return errors.isEmpty ? nil : errors[errors.count / 2]
  }

  /// By how much, as a share of its loss, a plan could be better at the same size if it knew Σ g h
  /// exactly; nil where errors are not known.
  ///
  /// An optimal plan lets all weights lose the same per element, each loss falling fourfold with a bit
  /// (reverse water-filling: Cover and Thomas, Elements of Information Theory, 10.3). Estimates that are
  /// off by factors 1 + e then cost half the variance of e over all elements. Batches move all
  /// weights together, which costs nothing but is counted: the figure is a bound.
  package var planGain: Double? {
    let known = weights.filter { $0.error != nil }
    guard !known.isEmpty else { return nil }
    let elements = known.reduce(0) { $0 + Double($1.elements) }
    return known.reduce(0) { $0 + Double($1.elements) * $1.error! * $1.error! } / elements / 2
  }
}

extension [Double] {
  /// The standard error of their mean, as a share of it; nil where there are fewer than two, or zeros
  /// alone.
  fileprivate var relativeStandardError: Double? {
    let mean = reduce(0, +) / Double(count)
    guard count > 1, mean > 0 else { return nil }
    let variance = reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
    return (variance / Double(count)).squareRoot() / mean
  }
}
