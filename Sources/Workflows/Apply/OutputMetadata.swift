import Statistics
import GGUF
import Measurement

/// The metadata of the file that `apply` writes.
///
/// All keys of the source but `split.*`; what `llama-quantize` sets: `general.quantization_version`,
/// `general.file_type`, `quantize.imatrix.*`; and under `ration.*` where the file comes from. The
/// encoded size does not depend on which types were chosen, so that a plan can count it beforehand.
struct OutputMetadata {
  /// `GGML_QNT_VERSION` of ggml.h.
  private static let quantizationVersion: UInt32 = 2

  /// Of the program that writes.
  let version: String
  /// What the recipe promises, and in which unit.
  let prediction: Prediction?
  let statistics: StatisticsFile?

  /// A predicted loss.
  struct Prediction {
    /// Its name in recipes, reports and metadata: `predicted_kld` or `predicted_error`.
    let name: String
    let value: Double
  }

  /// - Parameters:
  ///   - source: the metadata of the model.
  ///   - types: of the tensors written, each with its bytes; the one that takes most names the file.
  ///   - recipe: the digest of its rules, in hexadecimal.
  func metadata(
    source: Metadata, types: [(type: TensorType, bytes: Int)], recipe: String
  ) -> Metadata {
    var metadata = source
    metadata.removeAll { $0.key.hasPrefix("split.") || $0.key.hasPrefix("ration.") }
    metadata["general.quantization_version"] = .uint32(Self.quantizationVersion)
    metadata["general.file_type"] = .uint32(Self.fileType(types))
    if let statistics { describe(statistics, in: &metadata) }
    metadata["ration.version"] = .string(version)
    metadata["ration.recipe_sha256"] = .string(recipe)
    if let prediction { metadata["ration.\(prediction.name)"] = .float64(prediction.value) }
    return metadata
  }

  private func describe(_ statistics: StatisticsFile, in metadata: inout Metadata) {
    metadata.removeAll { $0.key.hasPrefix("quantize.imatrix.") }
    // The base name alone: a path would tell of the machine.
    metadata["quantize.imatrix.file"] = .string(statistics.fileName)
    if let dataset = statistics.datasets.first {
      metadata["quantize.imatrix.dataset"] = .string(dataset)
    }
    metadata["quantize.imatrix.entries_count"] = .uint32(UInt32(clamping: statistics.names.count))
    if let chunks = statistics.chunkCount {
      metadata["quantize.imatrix.chunks_count"] = .uint32(UInt32(clamping: chunks))
    }
  }

  /// The file type of the type that most bytes have; a mix has none of its own.
  private static func fileType(_ types: [(type: TensorType, bytes: Int)]) -> UInt32 {
    var bytes: [TensorType: Int] = [:]
    for (type, count) in types { bytes[type, default: 0] += count }
    let largest = bytes.max { ($0.value, $0.key.id) < ($1.value, $1.key.id) }
    return largest?.key.fileType ?? 0
  }
}

extension LossUnit {
  /// The name of a predicted loss in recipes, reports and metadata.
  var predictionName: String {
    switch self {
    case .nats: "predicted_kld"
    case .weightedSquaredError: "predicted_error"
    }
  }
}
