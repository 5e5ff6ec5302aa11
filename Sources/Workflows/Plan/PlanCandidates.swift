import Codecs
import GGUF
import Measurement
import Planning
import Statistics

/// The types that a plan may choose from, and what each would cost each tensor.
struct PlanCandidates {
  let source: SourceModel
  let constraints: Constraints
  let skeleton: Mix?
  /// In which the losses are counted that encoders are to make small.
  let unit: LossUnit
  /// Whether the bytes of a tensor include the padding that follows it.
  let countsPadding: Bool

  /// What is to be measured: the movable tensors, each under the types that it may get.
  func requests(_ session: Session) throws -> [MeasurementRequest] {
    var withheld: Set<TensorType> = []
    let requests = try source.movable.map { tensor in
      var codecs = try candidates(tensor)
      if !source.hasImportance(tensor, unit: unit) {
        withheld.formUnion(codecs.filter(\.requiresImportance).map(\.type))
        codecs.removeAll(where: \.requiresImportance)
      }
      return MeasurementRequest(tensor: tensor, codecs: codecs)
    }
    try warn(ofWithheld: withheld, session)
    return requests
  }

  /// All tensors of the model, each with its candidates.
  ///
  /// - Parameter measured: what is known of each, by name.
  /// - Throws: `UnrepresentableWeight` where a pin asks for a type that cannot hold the tensor.
  func tensors(
    measured: [String: MeasuredTypes]
  ) throws(UnrepresentableWeight) -> [MeasuredTensor] {
    for tensor in source.file.tensors {
      if let pin = constraints.pin(for: tensor.name),
        let weight = measured[tensor.name]?.unable[pin.type]
      {
        throw weight
      }
    }
    return tensors(of: measured)
  }

  /// All tensors of the model, each with its candidates, where pins are known to be possible.
  func tensors(of measured: [String: MeasuredTypes]) -> [MeasuredTensor] {
    source.file.tensors.map { tensor($0, measured[$0.name]) }
  }

  private func tensor(_ tensor: TensorDescriptor, _ types: MeasuredTypes?) -> MeasuredTensor {
    var candidates = (types?.distortions ?? [:]).map { type, distortion in
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
      candidates: candidates.sorted { $0.type.id < $1.type.id },
      keepReason: keepReason(of: tensor, types))
  }

  /// Why a tensor keeps its type, beside what its kind and its shape have to do with it.
  private func keepReason(of tensor: TensorDescriptor, _ types: MeasuredTypes?) -> String? {
    if Codec.of(tensor.type) == nil { return "Ration cannot decode \(tensor.type)" }
    guard let types, types.distortions.isEmpty, !types.unable.isEmpty else { return nil }
    return "no type that may be used can hold its weights"
  }

  /// The types worth measuring for a tensor: quantized ones that its shape allows, and others where
  /// they are asked for by name. Those that pins, floors and ceilings deny it are among them, for what
  /// such a constraint costs is reported.
  private func candidates(_ tensor: TensorDescriptor) throws -> [Codec] {
    let shape = TensorShape(tensor.shape)
    let named = constraints.types ?? []
    let offered = Codec.all.map(\.type).filter { $0.isQuantized || named.contains($0) }
    _ = try constraints.allowedTypes(for: tensor.name, shape: shape, from: offered)
    if let pin = constraints.pin(for: tensor.name), pin.type != tensor.type {
      try source.codec(writing: tensor, as: pin.type, unit: unit)
    }
    let fitting = constraints.fittingTypes(shape: shape, from: offered)
    let asked =
      constraints.pins.filter { $0.pattern.matches(tensor.name) }.map(\.type)
      + [
        skeleton?.types[tensor.name],
        constraints.protectsDraft(tensor.name) ? constraints.draftFloor?.type : nil,
      ].compactMap { $0 }
    return Codec.all.filter {
      $0.type != tensor.type && (fitting.contains($0.type) || asked.contains($0.type))
        && shape.allows($0.type)
    }
  }

  /// The bytes of a tensor under a type that count against the target.
  private func bytes(_ tensor: TensorDescriptor, _ type: TensorType) -> Int {
    guard let bytes = type.bytes(rows: tensor.rows, columns: tensor.columns) else {
      preconditionFailure("\(tensor.name): \(type) was not filtered out")
    }
    let alignment = source.file.alignment
    return countsPadding ? (bytes + alignment - 1) / alignment * alignment : bytes
  }

  /// Warns where types that the user named are no candidates for want of importance.
  private func warn(ofWithheld types: Set<TensorType>, _ session: Session) throws {
    try session.warn(ofWithheld: (constraints.types ?? []).filter { types.contains($0) })
  }
}

extension Session {
  /// Warns where types that the user named are not tried for want of importance.
  func warn(ofWithheld types: [TensorType]) throws {
    guard !types.isEmpty else { return }
    try warn(
      "\(types.map(\.name).joined(separator: ", ")) need importance, so they are not tried where the "
        + "statistics have none")
  }
}
