package import GGUF
import NeuralNetwork
import Statistics

/// The file from which an interrupted calibration goes on: a GGUF of the sums so far, named as in
/// `GGUFImatrix` but in double precision, so that nothing is lost. What weights share is there once, under
/// the name of the first; and there are
///
///     WEIGHT.traces   [batches]           the Fisher trace in each batch
///     texts           [length, texts]     what the model has written, as numbers of tokens
///
/// The metadata have under `ration.calibration.sites` the weights of each input, separated by commas.
extension CalibrationState {
  private static let type = "ration.calibration"
  private static let keyKey = "ration.calibration.key"
  private static let digestKey = "ration.calibration.sha256"
  private static let sitesKey = "ration.calibration.sites"
  private static let textsName = "texts"
  private static let tracesSuffix = ".traces"

  /// Keeps the state, whole or not at all, in place of what was kept before.
  ///
  /// - Parameters:
  ///   - key: what names the calibration: all that its result depends on.
  ///   - inputs: the files that it reads, of which the checkpoint must be none.
  package func save(to path: String, key: String, inputs: [String]) throws {
    let vectors = vectors
    var metadata = Metadata()
    metadata["general.type"] = .string(Self.type)
    metadata[Self.keyKey] = .string(key)
    let sites = sums.inputs.values.map { $0.weights.joined(separator: ",") }.sorted()
    metadata[Self.sitesKey] = .strings(sites)
    metadata[Self.digestKey] = .string(vectors.digest(sites: sites).hexadecimal)
    try vectors.write(as: .F64, metadata, to: path, inputs: inputs, overwrite: true)
  }

  /// Reads what was kept of a calibration; nil where it was kept of another one.
  ///
  /// - Throws: `UnusableCheckpoint`, `FormatError` or `FileError` where the file is none that `save`
  ///   wrote, or no longer is what it wrote.
  package static func saved(at path: String, key: String) throws -> CalibrationState? {
    let file = try ModelFile(path: path)
    guard file.metadata["general.type"]?.string == type else {
      throw UnusableCheckpoint(path: path)
    }
    guard file.metadata[keyKey]?.string == key else { return nil }
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
      file.metadata[digestKey]?.string == vectors.digest(sites: sites).hexadecimal,
      let state = CalibrationState(vectors, sites: sites)
    else { throw UnusableCheckpoint(path: path) }
    return state
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
        guard tokens.count == vector.values.count else { return nil }
        let length = vector.shape[0]
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
    for (name, lookup) in lookups.sorted(by: { $0.key < $1.key }) {
      vectors.append(NamedVector(name, .lookupCounts, lookup.tokens))
      vectors.append(NamedVector(name, .lookupSensitivity, lookup.gradientSquares))
    }
    return vectors
  }

  /// The sums of a checkpoint; others among its vectors are left out. Nil where one is missing.
  ///
  /// - Parameter sites: the weights of each input, separated by commas.
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
    var lookups: [String: Lookup] = [:]
    for vector in vectors {
      guard let (name, quantity) = TensorSums.Quantity.parse(vector.name) else { continue }
      if quantity == .rowSensitivity { gradientSquares[name] = vector.values }
      if quantity == .lookupCounts {
        guard let squares = value(name, .lookupSensitivity) else { return nil }
        lookups[name] = Lookup(tokens: vector.values, gradientSquares: squares)
      }
    }
    guard Set(gradientSquares.keys) == Set(inputs.flatMap(\.weights)) else { return nil }
    self.init(inputs: inputs, gradientSquares: gradientSquares, lookups: lookups)
  }
}

extension [NamedVector] {
  /// A digest of all names and numbers, and of the weights of each input.
  fileprivate func digest(sites: [String]) -> ContentDigest {
    var hasher = ContentHasher()
    for site in sites { hasher.add(site) }
    for vector in self {
      hasher.add(vector.name)
      let values = vector.values.littleEndian
      hasher.add(UInt64(values.count))
      values.withUnsafeBytes { hasher.add($0) }
    }
    return hasher.finish()
  }
}

/// A file in the place of a checkpoint that is none, or is damaged.
package struct UnusableCheckpoint: ClassifiedError {
  package let path: String
  package var kind: ErrorKind { .badInput }
  package var description: String { "\(path.escaped): this is no checkpoint, or a damaged one" }
}
