import Codecs
package import GGUF
import Measurement
import Planning
import Statistics

/// The model that a command works on, with its statistics. What can move, what is known of each tensor
/// and in which unit losses are counted is decided once, here.
struct SourceModel {
  let file: ModelFile
  let statistics: MatchedStatistics?
  /// The tensors whose type may change, in the order of the model: those that may be quantized and that Ration can
  /// decode.
  let movable: [TensorDescriptor]
  /// What predictions count where they rest on the statistics alone: KLD where the row sensitivity of every
  /// movable tensor is known, else the weighted squared error of each output. The two are never mixed.
  let lossUnit: LossUnit
  /// Whether the row sensitivities of most movable tensors are known, so that something can stand in for the others'.
  var isMostlySensitive: Bool { insensitive.count * 2 < movable.count }
  /// The movable tensors without row sensitivity.
  private let insensitive: [TensorDescriptor]

  /// Opens the model, opens the statistics and matches the two.
  ///
  /// - Parameter allowRequantize: whether weights that were quantized before may be quantized again.
  init(
    path: String, statistics statisticsPath: String?, allowRequantize: Bool, _ session: Session
  ) throws {
    let file = try ModelFile(path: path)
    let statistics = try statisticsPath.map {
      try MatchedStatistics(StatisticsFile.read(path: $0, for: file), with: file)
    }
    self.file = file
    self.statistics = statistics
    movable = file.tensors.filter { KeepRule.first(for: $0) == nil && Codec.of($0.type) != nil }
    insensitive = movable.filter {
      !LossMetric.hasSensitivity(
        statistics?.knowledge(of: $0) ?? .nothing, use: Self.use(of: $0, in: file))
    }
    lossUnit = insensitive.isEmpty ? .nats : .weightedSquaredError
    if let statistics { try Self.warn(of: statistics, file, session) }
    if !allowRequantize { try checkNotQuantized() }
  }

  /// Whether the loss of a tensor can be counted in nats by its own row sensitivity.
  func isSensitive(_ tensor: TensorDescriptor) -> Bool {
    LossMetric.hasSensitivity(
      statistics?.knowledge(of: tensor) ?? .nothing, use: Self.use(of: tensor, in: file))
  }

  /// Whether encoders can be told how much the columns of a tensor matter.
  ///
  /// - Parameter unit: in which the losses are counted that they are to make small. A tensor without row sensitivity
  ///   has the weighted squared error in place of nats.
  func hasImportance(_ tensor: TensorDescriptor, unit: LossUnit) -> Bool {
    LossMetric.hasImportance(
      statistics?.knowledge(of: tensor) ?? .nothing, use: Self.use(of: tensor, in: file),
      unit: isSensitive(tensor) ? unit : .weightedSquaredError)
  }

  /// What errors of a tensor's weights cost. Its statistics are read anew at every call.
  ///
  /// - Parameter unit: as `hasImportance` has it.
  func metric(of tensor: TensorDescriptor, unit: LossUnit) throws -> LossMetric {
    LossMetric(
      of: tensor, try statistics?.statistics(of: tensor), use: Self.use(of: tensor, in: file),
      totalTokens: statistics?.file.totalTokens ?? 0,
      typicalImportance: statistics?.typicalImportance(of: tensor) ?? 1,
      unit: isSensitive(tensor) ? unit : .weightedSquaredError)
  }

  /// The codec of a tensor's own type.
  func codec(of tensor: TensorDescriptor) throws(UnreadableType) -> Codec {
    guard let codec = Codec.of(tensor.type) else {
      throw UnreadableType(path: file.path, tensor: tensor.name, type: tensor.type)
    }
    return codec
  }

  /// Looks for weights that are no numbers in the tensors that keep their type, as far as they are small: norms
  /// and the like. `apply` looks at all of them.
  func checkKeptTensors(_ session: Session) throws {
    let changing = Set(movable.map(\.name))
    let kept = file.tensors.filter { !changing.contains($0.name) && $0.byteCount <= 1 << 20 }
    try file.checkFinite(kept, as: nil, session)
  }

  /// Tells of tensors that could be quantized if Ration could decode them.
  func noteUndecodable(_ session: Session) {
    let tensors = file.tensors.filter { KeepRule.first(for: $0) == nil && Codec.of($0.type) == nil }
    guard !tensors.isEmpty else { return }
    let types = Set(tensors.map(\.type.name)).sorted().joined(separator: ", ")
    session.note(
      "\(tensors.map(\.name).summary): Ration cannot decode \(types), so they keep their type")
  }

  /// Checks that the files are still those that were opened.
  func checkUnchanged() throws {
    try file.checkUnchanged()
    try statistics?.file.checkUnchanged()
  }

  /// Warns where tensors without row sensitivity deny the others theirs.
  ///
  /// - Parameter consequence: what happens then, as `the prior stands in for all`.
  func checkSensitivity(_ session: Session, otherwise consequence: String) throws {
    guard !insensitive.isEmpty, insensitive.count < movable.count else { return }
    try session.warn(
      "no row sensitivity for \(insensitive.map(\.name).summary), so \(consequence)")
  }

  /// How the model uses a tensor. Without a tensor of its own for the output head, the table of
  /// embeddings serves as that too.
  private static func use(of tensor: TensorDescriptor, in file: ModelFile) -> TensorUse {
    switch tensor.name {
    case "token_embd.weight": file["output.weight"] == nil ? .lookupAndOutput : .lookup
    case "per_layer_token_embd.weight": .lookup
    // The table of a layer that drafts.
    case let name where name.hasSuffix(".nextn.embed_tokens.weight"): .lookup
    default: .matrix
    }
  }

  private func checkNotQuantized() throws(QuantizedSource) {
    let quantized = movable.filter { $0.type.isQuantized }
    guard let first = quantized.first else { return }
    throw QuantizedSource(
      path: file.path, tensor: first.name, type: first.type, count: quantized.count)
  }

  private static func warn(
    of statistics: MatchedStatistics, _ file: ModelFile, _ session: Session
  ) throws {
    let coverage = statistics.coverage
    func warn(_ names: [String], _ problem: String) throws {
      guard !names.isEmpty else { return }
      try session.warn("\(statistics.file.fileName.escaped): \(problem) \(names.summary)")
    }
    try warn(coverage.unusedEntries, "the model has no use for the entries")
    // Most statistics leave tables of embeddings out, since no product reads them.
    let unknown = coverage.unmeasuredTensors.filter { name in
      guard let tensor = file[name], use(of: tensor, in: file) == .matrix else { return false }
      return KeepRule.first(for: tensor) == nil
    }
    try warn(coverage.emptyTensors, "what it has is zero throughout for")
    try warn(unknown, "all weights count alike in")
    try warn(
      coverage.sparseTensors, "many columns have no importance, and count as the others' mean, in")
    try warn(
      coverage.partialTensors.map(\.name),
      "some experts were never reached, and count as the others' mean, in")
  }
}

/// The source was quantized before; doing it again adds a second error to the first.
package struct QuantizedSource: ClassifiedError {
  package let path: String
  package let tensor: String
  package let type: TensorType
  package let count: Int

  package var kind: ErrorKind { .badInput }

  package var description: String {
    let others = count > 1 ? ", as are \(count - 1) others" : ""
    return "\(path.escaped): tensor \(tensor.escaped) is \(type) already\(others); "
      + "--allow-requantize quantizes again what is quantized, at the cost of a second error"
  }
}

/// A tensor of a type that Ration has no codec for.
package struct UnreadableType: ClassifiedError {
  package let path: String
  package let tensor: String
  package let type: TensorType

  package var kind: ErrorKind { .badInput }

  package var description: String {
    "\(path.escaped): tensor \(tensor.escaped) is \(type), which Ration cannot decode"
  }
}
