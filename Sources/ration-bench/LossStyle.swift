import Foundation
import GGUF
import Planning

/// How the losses of an instance are drawn.
enum LossStyle: String, CaseIterable {
  /// Losses as they are measured: each tensor and type has its own.
  case measured
  /// Losses as a prior predicts them: the tensor's sensitivity times the type's error, so that the curves
  /// of tensors differ by a factor alone.
  case product
  /// One curve of losses per weight for all tensors: whole layers are exchangeable.
  case exchangeable
  /// Measured losses rounded to few digits, so that many sums are equal or all but equal.
  case rounded
  /// Almost proportional to the bytes saved: the hull is nearly flat, and bounds say little.
  case flat

  /// The choices of a model of this shape between `types`.
  func choices(
    of shape: ModelShape, types: [TensorType], using random: inout Gaussian
  ) -> [Choice] {
    let efficiencies = types.map { _ in exp(0.2 * random.next()) }
    return shape.tensors.map { tensor in
      let sensitivity = self == .exchangeable ? 1e-11 : 1e-11 * exp(random.next())
      let candidates = zip(types, efficiencies).map { type, efficiency in
        let bytes = type.bytes(rows: tensor.rows, columns: tensor.columns)!
        let weights = Double(tensor.rows * tensor.columns)
        let bits = BitsPerWeight.of(bytes: bytes, weights: tensor.rows * tensor.columns)
        let scale = weights.squareRoot() * 1e4 * sensitivity
        let typical = scale * efficiency * exp2(-2 * bits)
        let loss =
          switch self {
          case .measured: typical * exp(0.15 * random.next())
          case .product, .exchangeable: typical
          case .rounded: (typical * exp(0.15 * random.next()) * 1e6).rounded() / 1e6
          case .flat: weights * 1e-10 * (17 - bits + 0.01 * random.uniform())
          }
        return Candidate(type: type, bytes: bytes, loss: type.isQuantized ? loss : 0)
      }
      return Choice(names: [tensor.name], candidates: candidates)
    }
  }
}
