import Statistics
import Codecs
package import GGUF
import Measurement
import Planning

/// The model that a command works on, with its statistics.
struct SourceModel {
  let file: ModelFile
  let statistics: StatisticsFile?
  /// The files that both come from.
  let inputs: [String]

  /// Opens the model and reads the statistics.
  ///
  /// - Parameter allowRequantize: whether weights that were quantized before may be quantized again.
  init(
    path: String, statistics statisticsPath: String?, allowRequantize: Bool, _ session: Session
  ) throws {
    file = try ModelFile(path: path)
    statistics = try statisticsPath.map { try StatisticsFile.read(path: $0) }
    inputs = file.shardPaths + [statisticsPath].compactMap { $0 }
    if let statistics { try Self.check(statistics, against: file, session) }
    if !allowRequantize { try checkNotQuantized() }
  }

  /// What the statistics know of a tensor.
  func statistics(of tensor: TensorDescriptor) throws -> TensorStatistics? {
    try statistics?.of(tensor)
  }

  /// Whether anything is known of how much the columns of a tensor matter.
  func hasImportance(_ tensor: TensorDescriptor) throws -> Bool {
    guard let statistics = try statistics(of: tensor) else { return false }
    return statistics.importance != nil || statistics.lookupSensitivity != nil
  }

  /// How the model uses a tensor. Without a tensor of its own for the output head, the table of
  /// embeddings serves as that too.
  func use(of tensor: TensorDescriptor) -> TensorUse {
    guard tensor.name == "token_embd.weight" else { return .matrix }
    return file["output.weight"] == nil ? .lookupAndOutput : .lookup
  }

  /// Why a tensor keeps its type by its nature, or nil where it may be quantized.
  func keepReason(_ tensor: TensorDescriptor) -> String? {
    KeepRule.first(for: tensor.name, shape: TensorShape(tensor.shape), type: tensor.type)?.reason
  }

  /// The tensors whose type may change.
  var movable: [TensorDescriptor] { file.tensors.filter { keepReason($0) == nil } }

  /// What its weights cost: predicted KLD where the row sensitivity of every movable tensor is known,
  /// else the weighted squared error of each output. The two are never mixed.
  func lossUnit() throws -> LossUnit {
    try withoutSensitivity().isEmpty ? .nats : .weightedSquaredError
  }

  /// Warns where tensors without row sensitivity deny the others theirs.
  ///
  /// - Parameter consequence: what happens then, such as `the prior stands in for all`.
  func checkSensitivity(_ session: Session, otherwise consequence: String) throws {
    let without = try withoutSensitivity()
    guard !without.isEmpty, without.count < movable.count else { return }
    try session.warn(
      "no row sensitivity for \(Self.list(without.map(\.name))), so \(consequence)")
  }

  private func withoutSensitivity() throws -> [TensorDescriptor] {
    try movable.filter {
      !LossWeights.hasSensitivity(try statistics(of: $0), use: use(of: $0))
    }
  }

  /// Opens the cache, which must be none of the files that are read.
  func openCache(_ path: String?, _ session: Session) throws -> MeasurementCache {
    if let path, let stamp = try? FileStamp(path: path) {
      for input in inputs where try FileStamp(path: input).isSameFile(as: stamp) {
        throw ConflictError.isInput(output: path, input: input)
      }
    }
    let cache = try MeasurementCache(path: path)
    for warning in cache.warnings { session.note(warning) }
    return cache
  }

  /// The loss weights of a tensor.
  func weights(of tensor: TensorDescriptor, unit: LossUnit) throws -> LossWeights {
    LossWeights(
      of: tensor, try statistics(of: tensor), use: use(of: tensor),
      totalTokens: statistics?.totalTokens ?? 0, unit: unit)
  }

  /// The codec of a tensor's own type.
  func codec(of tensor: TensorDescriptor) throws(UnreadableType) -> Codec {
    guard let codec = Codec.of(tensor.type) else {
      throw UnreadableType(path: file.path, tensor: tensor.name, type: tensor.type)
    }
    return codec
  }

  private func checkNotQuantized() throws(QuantizedSource) {
    let quantized = movable.filter { $0.type.isQuantized }
    guard let first = quantized.first else { return }
    throw QuantizedSource(
      path: file.path, tensor: first.name, type: first.type, count: quantized.count)
  }

  private static func check(
    _ statistics: StatisticsFile, against file: ModelFile, _ session: Session
  ) throws {
    let coverage = try statistics.check(against: file)
    func warn(_ names: [String], _ problem: String) throws {
      guard !names.isEmpty else { return }
      try session.warn("\(statistics.fileName.escaped): \(problem) \(list(names))")
    }
    try warn(coverage.unusedEntries, "the model has no use for the entries")
    // Most statistics leave the table of embeddings out, since no product reads it.
    let unknown = coverage.unmeasuredTensors.filter { name in
      guard let tensor = file[name], name != "token_embd.weight" else { return false }
      return KeepRule.first(for: name, shape: TensorShape(tensor.shape), type: tensor.type) == nil
    }
    try warn(unknown, "all weights count alike in")
    try warn(coverage.emptyTensors, "what it has is zero throughout for")
    try warn(coverage.partialTensors.map(\.name), "some experts were never reached in")
  }

  /// Up to three names, and how many more.
  static func list(_ names: [String]) -> String {
    let shown = names.prefix(3).map(\.escaped).joined(separator: ", ")
    return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
  }
}

/// The source was quantized before; doing it again adds a second error to the first.
package struct QuantizedSource: Error, CustomStringConvertible {
  package let path: String
  package let tensor: String
  package let type: TensorType
  package let count: Int

  package var description: String {
    let others = count > 1 ? ", as are \(count - 1) others" : ""
    return "\(path.escaped): tensor \(tensor.escaped) is \(type) already\(others); "
      + "--allow-requantize quantizes again what is quantized, at the cost of a second error"
  }
}

/// A tensor of a type that Ration has no codec for.
package struct UnreadableType: Error, CustomStringConvertible {
  package let path: String
  package let tensor: String
  package let type: TensorType

  package var description: String {
    "\(path.escaped): tensor \(tensor.escaped) is \(type), which Ration cannot decode"
  }
}
