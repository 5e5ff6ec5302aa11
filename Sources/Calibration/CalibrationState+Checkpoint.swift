package import GGUF
import NeuralNetwork
import Statistics

/// The file from which an interrupted calibration goes on: a GGUF of the sums so far, named as in
/// `GGUFImatrix` but in double precision, so that nothing is lost. What weights share is there once, under
/// the name of the first; and there are
///
///     WEIGHT.clipping   [2]               the tokens that were clipped, and the largest in medians
///     WEIGHT.traces     [batches]         the Fisher trace in each batch
///     texts             [length, texts]   what the model has written, as numbers of tokens
///
/// The metadata have under `ration.calibration.sites` the weights of each input, separated by commas, and begin with
/// the type of the file, by which it is known.
extension CalibrationState {
  private static let type = "ration.calibration"
  private static let typeKey = "general.type"
  private static let keyKey = "ration.calibration.key"
  private static let digestKey = "ration.calibration.sha256"
  private static let sitesKey = "ration.calibration.sites"
  private static let textsName = "texts"
  private static let tracesSuffix = ".traces"

  /// Keeps the state, whole or not at all, in place of what was kept before.
  ///
  /// - Parameter key: what names the calibration: all that its result depends on.
  package func save(to path: String, key: String) throws {
    let vectors = vectors
    var metadata = Metadata()
    metadata[Self.typeKey] = .string(Self.type)
    metadata[Self.keyKey] = .string(key)
    let sites = sums.inputs.values.map { $0.weights.joined(separator: ",") }.sorted()
    metadata[Self.sitesKey] = .strings(sites)
    metadata[Self.digestKey] = .string(vectors.digest(key: key, sites: sites).hexadecimal)
    try vectors.write(as: .F64, metadata, to: Reservation([path], overwrite: true))
  }

  /// Reads what was kept of a calibration.
  ///
  /// - Parameter batch: the number of the batch that it is of by itself; nil for all batches so far.
  /// - Throws: `ConflictError.stranger` where the file is none that `save` wrote; `OtherCalibration` where it was kept
  ///   of another one; `UnusableCheckpoint` or `FormatError` where it is no longer what was written, or what the work
  ///   cannot have come to; `FileError`.
  package static func saved(
    at path: String, key: String, of work: CalibrationWork, batch: Int? = nil
  ) throws -> CalibrationState {
    guard try isMarked(OpenFile(reading: path)) else {
      throw ConflictError.stranger(path, .checkpoint)
    }
    let file = try ModelFile(path: path)
    guard let savedKey = file.metadata[keyKey]?.string else { throw UnusableCheckpoint(path: path) }
    guard savedKey == key else { throw OtherCalibration(path: path) }
    let vectors = try file.tensors.map { tensor in
      guard tensor.type == .F64 else { throw UnusableCheckpoint(path: path) }
      var bytes = [UInt8](repeating: 0, count: tensor.byteCount)
      try bytes.withUnsafeMutableBytes {
        try file.read(tensor, byteRange: 0..<tensor.byteCount, into: $0)
      }
      return NamedVector(
        name: tensor.name, shape: tensor.shape, values: [Double](littleEndian: bytes))
    }
    guard let sites = file.metadata[sitesKey]?.strings,
      file.metadata[digestKey]?.string == vectors.digest(key: key, sites: sites).hexadecimal,
      sites.isEmpty || sites == work.sites,
      let state = CalibrationState(vectors, sites: sites),
      batch.map({ work.allows(state, asBatch: $0) }) ?? work.allows(state)
    else { throw UnusableCheckpoint(path: path) }
    return state
  }

  /// Whether a file begins as `save` writes it, the counts of entries and tensors aside.
  private static func isMarked(_ file: OpenFile) throws -> Bool {
    var metadata = Metadata()
    metadata[typeKey] = .string(type)
    var mark: [UInt8] = []
    metadata.encode(into: &mark)
    let counts = FileLayout.entriesOffset
    var bytes = [UInt8](repeating: 0, count: counts + mark.count)
    guard file.stamp.size >= bytes.count else { return false }
    try bytes.withUnsafeMutableBytes { try file.read(at: 0, into: $0) }
    return bytes.starts(with: Array("GGUF".utf8)) && bytes[counts...].elementsEqual(mark)
  }

  private var vectors: [NamedVector] {
    var vectors = sums.checkpoint
    for (name, traces) in traces.sorted(by: { $0.key < $1.key }) {
      vectors.append(
        NamedVector(name: name + Self.tracesSuffix, shape: [traces.count], values: traces))
    }
    if let text = texts.first {
      vectors.append(
        NamedVector(
          name: Self.textsName, shape: [text.count, texts.count],
          values: texts.flatMap { $0.map(Double.init) }))
    }
    return vectors
  }

  /// The state of these vectors; nil where some are missing, or a token is none.
  private init?(_ vectors: [NamedVector], sites: [String]) {
    var texts: [[Int32]] = []
    var traces: [String: [Double]] = [:]
    for vector in vectors {
      if vector.name == Self.textsName {
        let tokens = vector.values.compactMap { Int32(exactly: $0) }
        guard tokens.count == vector.values.count, vector.shape.count == 2,
          case let length = vector.shape[0], length > 0
        else { return nil }
        texts = stride(from: 0, to: tokens.count, by: length).map {
          Array(tokens[$0..<$0 + length])
        }
      } else if vector.name.hasSuffix(Self.tracesSuffix) {
        traces[String(vector.name.dropLast(Self.tracesSuffix.count))] = vector.values
      }
    }
    guard let sums = CalibrationSums(checkpoint: vectors, sites: sites) else { return nil }
    self.init(texts: texts, sums: sums, traces: traces)
  }
}

extension CalibrationSums {
  private static let clippingSuffix = ".clipping"

  /// The sums as a checkpoint holds them.
  fileprivate var checkpoint: [NamedVector] {
    var vectors: [NamedVector] = []
    for (name, input) in inputs.sorted(by: { $0.key < $1.key }) {
      let slices = input.tokens.count
      vectors.append(NamedVector(name, .importance, input.squares, slices: slices))
      vectors.append(NamedVector(name, .counts, input.tokens, slices: slices))
    }
    for (name, squares) in gradientSquares.sorted(by: { $0.key < $1.key }) {
      vectors.append(NamedVector(name, .rowSensitivity, squares))
    }
    for (name, weighted) in weightedInputs.sorted(by: { $0.key < $1.key }) {
      let slices = weighted.weights.count
      vectors.append(NamedVector(name, .weightedImportance, weighted.squares, slices: slices))
      vectors.append(NamedVector(name, .weightedSensitivity, weighted.rowSquares, slices: slices))
      vectors.append(NamedVector(name, .weights, weighted.weights, slices: slices))
      vectors.append(
        NamedVector(
          name: name + Self.clippingSuffix, shape: [2],
          values: [weighted.clipped, weighted.largest]))
    }
    for (name, lookup) in lookups.sorted(by: { $0.key < $1.key }) {
      vectors.append(NamedVector(name, .lookupCounts, lookup.tokens))
      vectors.append(NamedVector(name, .lookupSensitivity, lookup.gradientSquares))
    }
    return vectors
  }

  /// The sums of a checkpoint; others among its vectors are left out. Nil where one is missing.
  ///
  /// - Parameter sites: the weights of each input, separated by commas, each weight once.
  fileprivate init?(checkpoint vectors: [NamedVector], sites: [String]) {
    let values = Dictionary(vectors.map { ($0.name, $0.values) }) { first, _ in first }
    func value(_ name: String, _ quantity: TensorSums.Quantity) -> [Double]? {
      values[name + quantity.rawValue]
    }
    var inputs: [InputSite] = []
    for weights in sites.map({ $0.split(separator: ",").map(String.init) }) {
      guard let name = weights.first, let squares = value(name, .importance),
        let tokens = value(name, .counts)
      else { return nil }
      inputs.append(InputSite(weights: weights, squares: squares, tokens: tokens))
    }
    var gradientSquares: [String: [Double]] = [:]
    var weightedInputs: [String: WeightedInput] = [:]
    var lookups: [String: Lookup] = [:]
    for vector in vectors {
      guard let (name, quantity) = TensorSums.Quantity.parse(vector.name) else { continue }
      if quantity == .rowSensitivity { gradientSquares[name] = vector.values }
      if quantity == .weightedImportance {
        guard let weights = value(name, .weights),
          let rowSquares = value(name, .weightedSensitivity),
          let clipping = values[name + Self.clippingSuffix], clipping.count == 2
        else { return nil }
        weightedInputs[name] = WeightedInput(
          squares: vector.values, rowSquares: rowSquares, weights: weights, clipped: clipping[0],
          largest: clipping[1])
      }
      if quantity == .lookupCounts {
        guard let squares = value(name, .lookupSensitivity) else { return nil }
        lookups[name] = Lookup(tokens: vector.values, gradientSquares: squares)
      }
    }
    self.init(
      inputs: inputs, gradientSquares: gradientSquares, weightedInputs: weightedInputs,
      lookups: lookups)
  }
}

extension [NamedVector] {
  /// A digest of all names, shapes and numbers, of the weights of each input, and of what names the calibration.
  fileprivate func digest(key: String, sites: [String]) -> ContentDigest {
    var hasher = ContentHasher()
    hasher.add(key)
    hasher.add(UInt64(sites.count))
    for site in sites { hasher.add(site) }
    for vector in self {
      hasher.add(vector.name)
      hasher.add(UInt64(vector.shape.count))
      for dimension in vector.shape { hasher.add(UInt64(dimension)) }
      vector.values.littleEndian.withUnsafeBytes { hasher.add($0) }
    }
    return hasher.finish()
  }
}

/// A checkpoint that is damaged.
package struct UnusableCheckpoint: ClassifiedError {
  package let path: String
  package var kind: ErrorKind { .badInput }
  package var description: String { "\(path.escaped): this checkpoint is damaged" }
}

/// A checkpoint of another calibration than the one that was asked for. Hours of work may be in it.
package struct OtherCalibration: ClassifiedError {
  package let path: String
  package var kind: ErrorKind { .conflict }

  package var description: String {
    "\(path.escaped) is what an unfinished calibration has done with another model, text, seed or version of "
      + "ration, or on a machine that computes otherwise; finish that one, write to another file, or delete it"
  }
}
