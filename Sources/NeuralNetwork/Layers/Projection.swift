import Codecs
import LinearAlgebra
import Threads

/// Linear layers that read the same input, their outputs side by side: y = x Wᵀ + b.
///
/// Queries, keys and values are one projection, whether a model keeps them in three tensors or fused
/// in one; so are gates and what they gate.
struct Projection: Sendable {
  /// One linear layer.
  struct Part: Sendable {
    /// The name of the layer's weight.
    let name: String
    /// The number of the expert that the layer belongs to; 0 without experts.
    let slice: Int
    let weight: WeightMatrix
    /// How the input is rounded before it is multiplied. Gradients are those without.
    let activations: ActivationFormat
    /// What is added to the outputs, one value each; nil without.
    let bias: [Float]?
    /// Where the layer's outputs stand among those of the projection.
    let columns: Range<Int>
  }

  let parts: [Part]
  /// Whom the input is shown to, if anyone.
  var observer: (any InputObserver)?

  /// Features of the input.
  var inputs: Int { parts[0].weight.inputs }

  /// Features of all outputs.
  var outputs: Int { parts.last!.columns.upperBound }

  /// The outputs of every token.
  func callAsFunction(_ x: Matrix, on workers: Workers) -> Matrix {
    // All layers of a projection belong to one expert.
    observer?.observe(x, of: parts[0].name, slice: parts[0].slice, on: workers)
    let y = Matrix(rows: x.rows, columns: outputs)
    for part in parts {
      let target = y.columns(part.columns)
      part.weight.multiply(
        x.rounded(to: part.activations, on: workers), into: target, on: workers)
      if let bias = part.bias { target.add(bias) }
    }
    return y
  }

  /// The gradient at the inputs, given that at the outputs: dx = Σ dy W.
  func gradient(_ dy: Matrix, on workers: Workers) -> Matrix {
    let dx = Matrix(rows: dy.rows, columns: inputs)
    for (index, part) in parts.enumerated() {
      part.weight.multiplyBack(
        dy.columns(part.columns), into: dx, adding: index > 0, on: workers)
    }
    return dx
  }
}

extension Matrix {
  /// The values as a runtime rounds them.
  func rounded(to format: ActivationFormat, on workers: Workers) -> Matrix {
    guard format != .f32 else { return self }
    let rounded = Matrix(rows: rows, columns: columns)
    workers.forEach(rows) { row in format.round(self[row], into: rounded[row], count: columns) }
    return rounded
  }

  /// Adds a matrix of the same size.
  func add(_ other: Matrix, on workers: Workers) {
    workers.forEachRange(of: rows, size: 32) { rows in
      for row in rows {
        let (target, source) = (self[row], other[row])
        for column in 0..<columns { target[column] += source[column] }
      }
    }
  }

  /// Adds a vector to every row.
  func add(_ vector: [Float]) {
    for row in 0..<rows {
      let target = self[row]
      for column in 0..<columns { target[column] += vector[column] }
    }
  }

  /// Multiplies every value.
  func scale(by factor: Float) {
    for row in 0..<rows {
      let target = self[row]
      for column in 0..<columns { target[column] *= factor }
    }
  }
}
