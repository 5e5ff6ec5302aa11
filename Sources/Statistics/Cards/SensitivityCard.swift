import GGUF

/// A sensitivity card of PrismaQuant (R. Tand, Apache 2.0; read as version 0.16.2 writes it): of each linear layer Σ x² of
/// its inputs and Σ δ² of the gradients at its outputs, δ that of the text's summed cross entropy. It is an archive,
/// `.npz`, of arrays:
///
///     __header__.npy          bytes: JSON, which `CardHeader` describes
///     vN_act_sq_sum.npy       [in_features]              of the N-th layer
///     vN_g_sq_sum.npy         [out_features]
///     vN_expert_act_sq_sum    [experts, in_features]     of a stack of experts, over the tokens that reached each
///     vN_expert_g_sq_sum      [experts, out_features]
///     vN_expert_tokens        [experts]
///
/// Layers have the names of a checkpoint of transformers (`CheckpointName`), and their features its order
/// (`FeatureOrder`). Tables of embeddings are not in it.
struct SensitivityCard: StatisticsEntries {
  let names: [String]
  /// What the calibration is called.
  let model: String
  let sequences: Int
  let tokensPerSequence: Int
  private let file: OpenFile
  private let archive: ZipArchive
  private let units: [CardHeader.Unit]
  private let parts: [String: [Part]]
  private let order: FeatureOrder

  /// A layer that is a tensor, or a part of it.
  private struct Part {
    let unit: Int
    let target: CheckpointName.Target
  }

  /// Reads the header, and every array once, to know that all are sound.
  ///
  /// - Parameter model: the model that the card is for, where it is known. It says which of several names a tensor has,
  ///   and in which order its features are.
  /// - Throws: `StatisticsError.Problem` or `FileError`.
  init(_ file: OpenFile, for model: ModelFile?) throws {
    self.file = file
    order = FeatureOrder(model?.metadata ?? Metadata())
    do {
      archive = try ZipArchive(file)
      let name = "__header__.npy"
      let array = NumPyArray(try archive.contents(of: name, atMost: CardHeader.most))
      guard let array, array.type == "|u1" else { throw CardProblem.array(name) }
      let header = try CardHeader(Array(array.bytes))
      units = header.units
      self.model = header.provenance.modelId
      sequences = header.provenance.nCalibSamples
      tokensPerSequence = header.provenance.seqLen
    } catch let problem as CardProblem {
      throw StatisticsError.Problem.card(problem)
    }
    var parts: [String: [Part]] = [:]
    for (index, unit) in units.enumerated() {
      let targets = CheckpointName(unit.name).targets
      let known = model.map { model in targets.filter { model[$0.tensor] != nil } } ?? targets
      // What the model has not keeps its name, so that whoever reads of it knows what it is.
      let unknown = CheckpointName.Target(tensor: unit.name, expert: nil, half: nil)
      for target in known.isEmpty ? [unknown] : known {
        parts[target.tensor, default: []].append(Part(unit: index, target: target))
      }
    }
    self.parts = parts
    names = parts.keys.sorted()
    for name in names { _ = try entry(name) }
  }

  func entry(_ name: String) throws -> TensorStatistics? {
    guard let parts = parts[name] else { return nil }
    do {
      return try sums(of: parts)?.statistics(of: name)
    } catch let problem as CardProblem {
      throw StatisticsError.Problem.card(problem)
    }
  }

  func longest(of name: String) -> (quantity: TensorSums.Quantity, count: Int)? {
    guard let parts = parts[name], let part = parts.first else { return nil }
    let unit = units[part.unit]
    let outputs = part.target.half == nil ? unit.outFeatures : unit.outFeatures / 2
    return unit.inFeatures >= outputs
      ? (.importance, unit.inFeatures) : (.rowSensitivity, outputs)
  }

  func largestCount() -> Double? { units.map { Double($0.nTokens) }.max() }

  func checkUnchanged() throws { try file.checkUnchanged() }

  // MARK: Vectors

  /// What there is of a tensor, slice after slice; nil where it lacks importance.
  private func sums(of parts: [Part]) throws -> TensorSums? {
    guard let tensor = parts.first?.target.tensor else { return nil }
    let experts = parts.compactMap(\.target.expert)
    guard experts.isEmpty || experts.count == parts.count && Set(experts).count == parts.count,
      experts.isEmpty ? parts.count == 1 : (0..<parts.count).contains(experts.max() ?? 0)
    else { throw CardProblem.header("the layers of \(tensor.quoted) do not fit each other") }
    let slices = try parts.sorted { $0.target.expert ?? 0 < $1.target.expert ?? 0 }
      .map { try vectors(of: $0) }
    let inputs = slices.flatMap(\.inputs)
    guard !inputs.isEmpty else { return nil }
    let counts = slices.flatMap(\.tokens)
    let gradients = slices.flatMap(\.gradients)
    guard slices.allSatisfy({ $0.inputs.count == slices[0].inputs.count }),
      slices.allSatisfy({ $0.gradients.count == slices[0].gradients.count })
    else { throw CardProblem.header("the layers of \(tensor.quoted) do not fit each other") }
    var sums = TensorSums()
    sums.vectors[.importance] = .init(values: inputs, slices: counts.count)
    sums.vectors[.counts] = .init(values: counts, slices: 1)
    if !gradients.isEmpty {
      sums.vectors[.rowSensitivity] = .init(values: gradients, slices: counts.count)
    }
    return sums
  }

  /// Sums over tokens of a layer, or of the experts of a stack.
  private struct Vectors {
    var inputs: [Float] = []
    var gradients: [Float] = []
    var tokens: [Float] = []
  }

  private func vectors(of part: Part) throws -> Vectors {
    let unit = units[part.unit]
    var vectors = Vectors()
    let stack = unit.vectors.contains("expert_tokens")
    // How many experts a stack has, its counts say.
    let experts = stack ? try array("expert_tokens", of: part, [nil]) : nil
    let prefix = stack ? "expert_" : ""
    func read(_ name: String, _ length: Int) throws -> [[Float]] {
      guard unit.vectors.contains(prefix + name) else { return [] }
      let shape = (experts.map { [$0.count] } ?? []) + [length]
      let all = try array(prefix + name, of: part, shape)
      return stride(from: 0, to: all.count, by: length).map { Array(all[$0..<$0 + length]) }
    }
    let tensor = part.target.tensor
    let columns = order.columns(of: tensor, count: unit.inFeatures)
    vectors.inputs = try read("act_sq_sum", unit.inFeatures).flatMap { $0.ordered(columns) }
    let outputs = unit.outFeatures / (part.target.half == nil ? 1 : 2)
    let rows = order.rows(of: tensor, count: outputs)
    vectors.gradients = try read("g_sq_sum", unit.outFeatures).flatMap {
      Array($0.dropFirst(outputs * (part.target.half ?? 0)).prefix(outputs)).ordered(rows)
    }
    vectors.tokens =
      experts ?? [
        Float(Double(unit.nTokens) * (part.target.expert == nil ? 1 : unit.routeProb ?? 0))
      ]
    return vectors
  }

  /// The floats of a vector of a layer, which can be sums of squares or counts.
  ///
  /// - Parameter shape: what it has to be; nil for a dimension that may have any size.
  private func array(_ vector: String, of part: Part, _ shape: [Int?]) throws -> [Float] {
    let name = "v\(part.unit)_\(vector).npy"
    // A stack of 65,536 experts at most, and no more of the header than NumPy writes.
    let (most, overflow) = shape.reduce((4, false)) { product, dimension in
      let (value, over) = product.0.multipliedReportingOverflow(by: dimension ?? 1 << 16)
      return (value, product.1 || over)
    }
    guard !overflow, most <= 1 << 30 else {
      throw CardProblem.tooLarge(name, archive.size(of: name) ?? 0)
    }
    let contents = try archive.contents(of: name, atMost: most + 1 << 16)
    guard let array = NumPyArray(contents), let floats = array.floats else {
      throw CardProblem.array(name)
    }
    guard array.shape.count == shape.count,
      zip(array.shape, shape).allSatisfy({ $1 == nil || $0 == $1 })
    else {
      throw CardProblem.shape(name, found: array.shape, expected: shape.map { $0 ?? 0 })
    }
    try floats.requireSumsOfSquares(of: name)
    return floats
  }
}

extension [Float] {
  /// The elements in another order; nil leaves them as they are.
  fileprivate func ordered(_ places: [Int]?) -> [Float] {
    places.map { $0.map { self[$0] } } ?? self
  }
}
