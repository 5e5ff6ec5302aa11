package import GGUF

extension ReferenceLosses {
  /// A tensor with its errors under some types: sums of squares weighted by importance, or anything
  /// proportional to them.
  package struct MeasuredErrors: Sendable {
    /// The tensor's name.
    package let tensor: String
    /// The errors of the tensor, by type.
    package let errors: [TensorType: Double]

    /// The errors of a tensor.
    package init(tensor: String, errors: [TensorType: Double]) {
      self.tensor = tensor
      self.errors = errors
    }
  }

  /// What a unit of error costs each tensor, in nats per token: to second order the loss is
  /// proportional to the error.
  ///
  /// A tensor whose shape does not allow the reference type has no error under it, and one whose weights the
  /// type has exactly has an error of zero. The error of another type stands in, by the ratio that the two have
  /// in the median of the other tensors.
  ///
  /// - Parameter tensors: those that these losses are of.
  /// - Returns: a figure for each; zero where no type makes an error.
  package func scales(of tensors: [MeasuredErrors]) -> [Double] {
    let ratios = ratios(among: tensors)
    return tensors.map { tensor in
      guard let nats = nats[tensor.tensor] else {
        preconditionFailure("no loss of \(tensor.tensor)")
      }
      let measured = tensor.errors[type].flatMap { $0 > 0 ? $0 : nil }
      let error = measured ?? Self.substitute(tensor.errors, ratios)
      return error > 0 ? nats / error : 0
    }
  }

  /// The error under the reference type in relation to that under each other type: the median of the
  /// tensors that have both.
  private func ratios(among tensors: [MeasuredErrors]) -> [TensorType: Double] {
    var ratios: [TensorType: [Double]] = [:]
    for tensor in tensors {
      guard let reference = tensor.errors[type], reference > 0 else { continue }
      for (other, error) in tensor.errors where error > 0 {
        ratios[other, default: []].append(reference / error)
      }
    }
    return ratios.compactMapValues(\.median)
  }

  /// The error expected under the reference type: from the coarsest type that the ratio is known of,
  /// else the coarsest error itself.
  private static func substitute(
    _ errors: [TensorType: Double], _ ratios: [TensorType: Double]
  ) -> Double {
    let coarsestFirst = errors.filter { $0.key.isQuantized && $0.value > 0 }.sorted {
      ($0.key.nominalBitsPerWeight, $0.key.id) < ($1.key.nominalBitsPerWeight, $1.key.id)
    }
    let known = coarsestFirst.first { ratios[$0.key] != nil }
    return known.map { $0.value * (ratios[$0.key] ?? 1) } ?? coarsestFirst.first?.value ?? 0
  }
}
