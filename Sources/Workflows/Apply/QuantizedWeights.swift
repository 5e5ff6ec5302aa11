import Codecs
import GGUF
import Measurement
import NeuralNetwork
import Statistics

/// The weights that a model would have if it were quantized: each tensor is encoded as `apply` would
/// write it, and decoded again, whenever it is read.
struct QuantizedWeights: WeightSource {
  private let source: SourceModel
  private let encoding: Encoding
  /// What becomes of the tensors whose type changes.
  private let codecs: [String: Codec]
  private let importance: RecentTensors<[Float]?>

  /// - Parameters:
  ///   - types: of each of the source's tensors.
  ///   - threads: how many read at a time.
  init(_ source: SourceModel, types: [TensorType], _ encoding: Encoding, threads: Int) {
    self.source = source
    self.encoding = encoding
    var codecs: [String: Codec] = [:]
    for (tensor, type) in zip(source.file.tensors, types) where type != tensor.type {
      guard let codec = Codec.of(type) else {
        preconditionFailure("a type that was not checked")
      }
      codecs[tensor.name] = codec
    }
    self.codecs = codecs
    importance = RecentTensors(capacity: threads + 1) { tensor in
      try source.metric(of: tensor, unit: encoding.unit).importance
    }
  }

  func read(
    _ tensor: TensorDescriptor, rows: Range<Int>, into weights: UnsafeMutableBufferPointer<Float>
  ) throws {
    guard let codec = codecs[tensor.name] else {
      return try source.file.read(tensor, rows: rows, into: weights)
    }
    var converter = RowConverter(source: source, weighting: encoding.weighting)
    try converter.encode(
      tensor, rows, by: codec, importance: try importance.value(of: tensor), decoded: weights)
  }
}
