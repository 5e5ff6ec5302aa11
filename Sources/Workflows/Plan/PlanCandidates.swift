import Codecs
import GGUF
import Measurement
import Planning

/// The types that a plan may choose from, and what each would cost each tensor.
struct PlanCandidates {
  let measurement: ModelMeasurement
  let constraints: Constraints
  let skeleton: Mix?
  /// Whether the bytes of a tensor include the padding that follows it.
  let countsPadding: Bool

  /// All tensors of the model, each with its candidates.
  func measured() throws -> [MeasuredTensor] {
    let source = measurement.source
    var requests: [(tensor: TensorDescriptor, codecs: [Codec])] = []
    var withheld: Set<TensorType> = []
    for tensor in source.movable {
      var codecs = try candidates(tensor)
      if try !source.hasImportance(tensor) {
        withheld.formUnion(codecs.filter(\.requiresImportance).map(\.type))
        try checkPin(of: tensor, in: codecs)
        codecs.removeAll(where: \.requiresImportance)
      }
      requests.append((tensor, codecs))
    }
    try tellWithheld(withheld)
    let distortions = try measurement.distortions(of: requests)
    let measured = Dictionary(
      uniqueKeysWithValues: zip(requests.map(\.tensor.name), distortions))
    return source.file.tensors.map { tensor in
      var candidates = (measured[tensor.name] ?? [:]).map { type, distortion in
        Candidate(
          type: type, bytes: bytes(tensor, type), loss: distortion.loss,
          variance: distortion.lossVariance)
      }
      let own = bytes(tensor, tensor.type)
      // To stay as it is loses nothing.
      candidates.removeAll { $0.type == tensor.type }
      candidates.append(Candidate(type: tensor.type, bytes: own, loss: 0))
      return MeasuredTensor(
        name: tensor.name, shape: TensorShape(tensor.shape), type: tensor.type, bytes: own,
        candidates: candidates.sorted { $0.type.id < $1.type.id })
    }
  }

  /// The types worth measuring for a tensor: quantized ones that its shape allows, and others where
  /// they are asked for by name. Those that pins, floors and ceilings deny it are among them, for what
  /// such a constraint costs is told.
  private func candidates(_ tensor: TensorDescriptor) throws -> [Codec] {
    let shape = TensorShape(tensor.shape)
    let named = constraints.types ?? []
    let offered = Codec.all.map(\.type).filter { $0.isQuantized || named.contains($0) }
    _ = try constraints.allowedTypes(for: tensor.name, shape: shape, from: offered)
    if let pin = constraints.pin(for: tensor.name), Codec.of(pin.type)?.canEncode != true {
      throw UnwritableType(tensor: tensor.name, type: pin.type)
    }
    let fitting = constraints.fittingTypes(shape: shape, from: offered)
    let asked =
      constraints.pins.filter { $0.pattern.matches(tensor.name) }.map(\.type)
      + [skeleton?.types[tensor.name]].compactMap { $0 }
    return Codec.all.filter {
      $0.type != tensor.type && (fitting.contains($0.type) || asked.contains($0.type))
        && shape.allows($0.type)
    }
  }

  /// A pin to a type that makes no sense without importance cannot be kept.
  private func checkPin(
    of tensor: TensorDescriptor, in codecs: [Codec]
  ) throws(ImportanceRequired) {
    guard let pin = constraints.pin(for: tensor.name),
      codecs.contains(where: { $0.type == pin.type && $0.requiresImportance })
    else {
      return
    }
    throw ImportanceRequired(tensor: tensor.name, type: pin.type)
  }

  /// The bytes of a tensor under a type that count against the target.
  private func bytes(_ tensor: TensorDescriptor, _ type: TensorType) -> Int {
    guard let bytes = type.bytes(rows: tensor.rows, columns: tensor.columns) else {
      preconditionFailure("\(tensor.name): \(type) was not filtered out")
    }
    let alignment = measurement.source.file.alignment
    return countsPadding ? (bytes + alignment - 1) / alignment * alignment : bytes
  }

  /// Tells which of the types that the user named are no candidates for want of importance.
  private func tellWithheld(_ types: Set<TensorType>) throws {
    let named = (constraints.types ?? []).filter { types.contains($0) }
    guard !named.isEmpty else { return }
    try measurement.session.warn(
      "\(named.map(\.name).joined(separator: ", ")) need importance, so they are not tried where the "
        + "statistics have none")
  }
}
