import Codecs
import GGUF
import Measurement
import Planning

/// The types that a plan may choose from, and what each would cost each tensor.
struct PlanCandidates {
  let measurement: ModelMeasurement
  let request: PlanRequest

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

  /// The types worth measuring for a tensor: quantized ones that its constraints and shape allow, and
  /// others where they are asked for by name.
  private func candidates(_ tensor: TensorDescriptor) throws -> [Codec] {
    let constraints = request.constraints
    let named = constraints.types ?? []
    let offered = Codec.all.map(\.type).filter { $0.isQuantized || named.contains($0) }
    let allowed = try constraints.allowedTypes(
      for: tensor.name, shape: TensorShape(tensor.shape), from: offered)
    return allowed.filter { $0 != tensor.type }.compactMap { Codec.of($0) }
  }

  /// A pin to a type that makes no sense without importance cannot be kept.
  private func checkPin(
    of tensor: TensorDescriptor, in codecs: [Codec]
  ) throws(ImportanceRequired) {
    guard let pin = request.constraints.pin(for: tensor.name),
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
    return request.target.countsFile ? (bytes + alignment - 1) / alignment * alignment : bytes
  }

  /// Tells which of the types that the user named are no candidates for want of importance.
  private func tellWithheld(_ types: Set<TensorType>) throws {
    let named = (request.constraints.types ?? []).filter { types.contains($0) }
    guard !named.isEmpty else { return }
    try measurement.session.warn(
      "\(named.map(\.name).joined(separator: ", ")) need importance, so they are not tried where the "
        + "statistics have none")
  }
}
