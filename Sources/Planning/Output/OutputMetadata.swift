package import GGUF
package import Statistics

/// What the file that `apply` writes says about itself.
///
/// All keys of the source but `split.*`; what `llama-quantize` sets: `general.quantization_version`,
/// `general.file_type`, `quantize.imatrix.*`; and under `ration.*` where the file comes from. The
/// encoded size depends neither on which types are chosen nor on any digest, so that a plan can count it beforehand.
package struct OutputMetadata: Sendable {
  /// `GGML_QNT_VERSION` of ggml.h.
  private static let quantizationVersion: UInt32 = 2

  /// Whether an entry of a model's metadata is replaced or left out in a file that is made from it.
  package static func changes(_ key: String) -> Bool {
    replaced.contains(key) || replacedPrefixes.contains { key.hasPrefix($0) }
  }

  private static let quantizationVersionKey = "general.quantization_version"
  private static let fileTypeKey = "general.file_type"
  private static let statisticsPrefix = "quantize.imatrix."
  private static let splitPrefix = "split."
  private static let replaced = [quantizationVersionKey, fileTypeKey]
  private static let replacedPrefixes = [
    statisticsPrefix, splitPrefix, FileProvenance.Key.prefix,
  ]

  /// The version of the program that writes.
  let version: String
  /// The SHA-256 of the recipe's rules.
  let recipeDigest: ContentDigest
  /// What can be expected of the file.
  let promise: Promise?
  let statistics: StatisticsFile?

  /// What the file says that a recipe makes.
  ///
  /// - Parameters:
  ///   - version: of the program that writes.
  ///   - promise: nil where nothing was promised, or where what was no longer holds.
  package init(
    version: String, recipe: Recipe, promise: Promise?, statistics: StatisticsFile?
  ) {
    self.version = version
    recipeDigest = ContentDigest(of: recipe.tensorTypeFile)
    self.promise = promise
    self.statistics = statistics
  }

  /// What the file says whose plan is yet to be made, in as many bytes.
  ///
  /// - Parameter unit: what the plan's promise will count.
  package init(version: String, planning unit: LossUnit, statistics: StatisticsFile?) {
    self.init(
      version: version, recipe: Recipe(rules: []), promise: Promise(unit: unit, loss: 0),
      statistics: statistics)
  }

  /// The keys and values.
  ///
  /// - Parameters:
  ///   - tensors: those of the file; the type that takes most bytes names it.
  ///   - source: the metadata of the model.
  func values(for tensors: [TensorDescriptor], from source: Metadata) -> Metadata {
    var metadata = source
    metadata.removeAll { $0.key.hasPrefix(Self.splitPrefix) }
    metadata[Self.quantizationVersionKey] = .uint32(Self.quantizationVersion)
    metadata[Self.fileTypeKey] = .uint32(Self.fileType(tensors))
    if let statistics { describe(statistics, in: &metadata) }
    provenance(tensors: tensors.count).write(into: &metadata)
    return metadata
  }

  /// How the file is made. What is known once it is written has its place already: `OutputPlan.metadata` fills it in.
  private func provenance(tensors: Int) -> FileProvenance {
    let unknown = ContentDigest(of: "")
    var provenance = FileProvenance()
    provenance.version = version
    provenance.recipeDigest = recipeDigest
    provenance.sourceDigest = unknown
    provenance.statisticsDigest = statistics == nil ? nil : unknown
    provenance.tensorDigests = Array(repeating: unknown, count: tensors)
    provenance.tensorOrigins = provenance.tensorDigests
    switch promise?.unit {
    case .nats: provenance.predictedKLD = promise?.loss
    case .weightedSquaredError: provenance.predictedError = promise?.loss
    case nil: break
    }
    return provenance
  }

  private func describe(_ statistics: StatisticsFile, in metadata: inout Metadata) {
    metadata.removeAll { $0.key.hasPrefix(Self.statisticsPrefix) }
    // The base name alone: a path would say much of the machine.
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
  private static func fileType(_ tensors: [TensorDescriptor]) -> UInt32 {
    var bytes: [TensorType: Int] = [:]
    for tensor in tensors {
      bytes[tensor.type, default: 0] += tensor.byteCount
    }
    let largest = bytes.max { ($0.value, $0.key.id) < ($1.value, $1.key.id) }
    return largest?.key.fileType ?? 0
  }
}
