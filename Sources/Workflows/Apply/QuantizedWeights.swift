import Statistics
import NeuralNetwork
import Codecs
import GGUF
import Measurement

/// The weights that a model would have if it were quantized: each tensor is encoded as `apply` would
/// write it, and decoded again, whenever it is read.
struct QuantizedWeights: WeightSource {
  private let source: SourceModel
  private let weighting: Weighting
  private let targets: [String: Target]

  /// What becomes of a tensor.
  private struct Target {
    let type: TensorType
    let codec: Codec
    let importance: [Float]?
  }

  /// - Parameters:
  ///   - types: of each of the source's tensors.
  ///   - unit: what encoders weigh errors by.
  init(
    _ source: SourceModel, types: [TensorType], unit: LossUnit, weighting: Weighting
  ) throws {
    self.source = source
    self.weighting = weighting
    var targets: [String: Target] = [:]
    for (tensor, type) in zip(source.file.tensors, types) where type != tensor.type {
      guard let codec = Codec.of(type) else {
        preconditionFailure("a type that was not checked")
      }
      targets[tensor.name] = Target(
        type: type, codec: codec,
        importance: try source.weights(of: tensor, unit: unit).importance)
    }
    self.targets = targets
  }

  func read(
    _ tensor: TensorDescriptor, rows: Range<Int>, into weights: UnsafeMutableBufferPointer<Float>
  ) throws {
    guard let target = targets[tensor.name] else {
      return try source.file.read(tensor, rows: rows, into: weights)
    }
    var converter = RowConverter(source: source, weighting: weighting)
    try converter.convert(tensor, rows, to: target.type, importance: target.importance) { bytes in
      let size = bytes.count / rows.count
      for row in 0..<rows.count {
        target.codec.decode(
          UnsafeRawBufferPointer(rebasing: bytes[row * size..<(row + 1) * size]),
          into: UnsafeMutableBufferPointer(
            rebasing: weights[row * tensor.columns..<(row + 1) * tensor.columns]))
      }
    }
  }
}
