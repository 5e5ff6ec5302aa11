import Statistics
import GGUF
import Measurement

/// The file that a plan will become.
struct PendingFile {
  let source: SourceModel
  let unit: LossUnit
  let version: String

  /// Where its parts go, given the type of each tensor.
  func layout(types: [TensorType]) throws -> FileLayout {
    let tensors = zip(source.file.tensors, types).map { (name: $0.name, shape: $0.shape, type: $1) }
    let output = OutputMetadata(
      version: version,
      prediction: OutputMetadata.Prediction(name: unit.predictionName, value: 0),
      statistics: source.statistics)
    let metadata = output.metadata(
      source: source.file.metadata, types: [],
      recipe: String(repeating: "0", count: 64))
    do throws(FormatError.Problem) {
      return try FileLayout(metadata: metadata, tensors: tensors)
    } catch {
      throw FormatError(path: source.file.path, error)
    }
  }

  /// The bytes that no choice of types changes.
  func headerBytes() throws -> Int {
    try layout(types: source.file.tensors.map(\.type)).headerBytes
  }
}

extension FileLayout {
  /// 8 × bytes of all tensors ÷ weights of all tensors: as llama.cpp counts, padding left out.
  var bitsPerWeight: Double {
    let bytes = tensors.reduce(0) { $0 + $1.byteCount }
    return 8 * Double(bytes) / Double(max(tensors.reduce(0) { $0 + $1.elements }, 1))
  }
}
