package import GGUF

/// A file of the second moments H = Σ x xᵀ of what a model's weights read, for two halves of a text apart. It is a
/// GGUF of the type `ration.covariance`, with three tensors for each site, named after the site's first weight:
///
///     WEIGHT.moment_squares  f32  [columns, slices, 2]           Hᵢᵢ = Σ xᵢ²
///     WEIGHT.moment_counts   f32  [1, slices, 2]                 tokens
///     WEIGHT.moment          f16  [256, 256 × tiles, slices, 2]  rᵢⱼ = Hᵢⱼ / √(Hᵢᵢ Hⱼⱼ)
///
/// The last dimension is the half of the text; sequences belong to the first and the second in turn. The tiles are those
/// of `TriangleTiles`: 256 × 256 values of the lower triangle, with zeros beyond the matrix; tiles on the diagonal are
/// whole. A column that is always zero has correlations that are zero. Slices are experts, where each reads features of
/// its own; a slice that no token reached has zeros throughout. Sums and counts of two files of the same model add up.
///
/// The metadata are
///
///     ration.covariance.form      1
///     ration.covariance.model     the fingerprint of the model's tensors (see `ContentDigest.init(fingerprintOf:)`)
///     ration.covariance.texts     names of the texts
///     ration.covariance.tokens    tokens of both halves
///     ration.covariance.sequence  tokens of a sequence
///     ration.covariance.sites     the weights of each site, separated by commas
///
/// Names and shapes are in memory. Numbers are read when they are asked for, so memory does not grow with the model.
package struct SecondMomentFile: Sendable {
  /// Where the file is.
  package let path: String
  /// The fingerprint of the model that the moments are of.
  package let model: ContentDigest
  /// Names of the texts.
  package let texts: [String]
  /// Tokens of both halves of the text.
  package let tokens: Int
  /// Tokens of a sequence.
  package let sequence: Int
  /// All sites, in the order of the file.
  package let sites: [SecondMomentSite]

  let file: ModelFile
  let entries: [Entries]
  let siteOfWeight: [String: Int]

  /// The tensors of a site.
  struct Entries: Sendable {
    let squares: TensorDescriptor
    let counts: TensorDescriptor
    let correlations: TensorDescriptor
  }

  /// Opens a file. Its header, and the names, types and shapes of all its entries, are sound when this returns; sums of
  /// squares and counts have been looked at once.
  ///
  /// - Throws: `StatisticsError`, `FormatError` or `FileError`.
  package static func read(path: String) throws -> SecondMomentFile {
    let file = try ModelFile(path: path)
    do {
      return try SecondMomentFile(file)
    } catch let problem as StatisticsError.Problem {
      throw StatisticsError(path: path, problem)
    }
  }

  private init(_ file: ModelFile) throws {
    let header = try SecondMomentHeader(file.metadata)
    path = file.path
    model = header.model
    texts = header.texts
    tokens = header.tokens
    sequence = header.sequence
    self.file = file

    var sites: [SecondMomentSite] = []
    var entries: [Entries] = []
    var siteOfWeight: [String: Int] = [:]
    for weights in header.sites {
      for weight in weights {
        guard siteOfWeight.updateValue(sites.count, forKey: weight) == nil else {
          throw StatisticsError.Problem.weightTwice(weight)
        }
      }
      let (site, found) = try Self.site(of: weights, in: file)
      try Self.checkSums(found, in: file)
      sites.append(site)
      entries.append(found)
    }
    self.sites = sites
    self.entries = entries
    self.siteOfWeight = siteOfWeight
    let known = Set(entries.flatMap { [$0.squares, $0.counts, $0.correlations] }.map(\.name))
    if let stranger = file.tensors.first(where: { !known.contains($0.name) }) {
      throw StatisticsError.Problem.unknownEntry(stranger.name)
    }
  }

  /// A site, its size being that of its sums of squares, and its tensors, which have to be of that size too.
  private static func site(
    of weights: [String], in file: ModelFile
  ) throws(StatisticsError.Problem) -> (SecondMomentSite, Entries) {
    let name = weights[0] + SecondMomentSite.Part.squares.rawValue
    guard let squares = file[name] else { throw .entryMissing(name) }
    guard squares.shape.count == 3 else {
      throw .shape(entry: name, found: squares.shape, expected: nil)
    }
    let site = SecondMomentSite(
      weights: weights, columns: squares.shape[0], slices: squares.shape[1])
    func entry(_ part: SecondMomentSite.Part) throws(StatisticsError.Problem) -> TensorDescriptor {
      let name = site.entry(part)
      guard let tensor = file[name] else { throw .entryMissing(name) }
      guard tensor.type == part.type else {
        throw .otherType(entry: name, found: tensor.type, expected: part.type)
      }
      let shape = site.shape(part)
      guard tensor.shape == shape else {
        throw .shape(entry: name, found: tensor.shape, expected: shape)
      }
      return tensor
    }
    return (
      site,
      Entries(
        squares: try entry(.squares), counts: try entry(.counts),
        correlations: try entry(.correlations))
    )
  }

  /// Looks at sums of squares and counts once.
  private static func checkSums(_ entries: Entries, in file: ModelFile) throws {
    for tensor in [entries.squares, entries.counts] {
      var check = SumsOfSquaresCheck(of: tensor.name)
      try check.check(count: tensor.elements) { try file.read(tensor, byteRange: $0, into: $1) }
    }
  }

  /// Checks that the moments are of this model: that its tensors have the same names, shapes, types and, as far as the
  /// fingerprint looks at them, weights.
  ///
  /// - Throws: `StatisticsError`, `FileError`.
  package func requireModel(_ model: ModelFile) throws {
    guard try ContentDigest(fingerprintOf: model) == self.model else {
      throw StatisticsError(path: path, .otherModel(model.path.fileName))
    }
  }

  /// Whether the file has what a weight reads.
  package func covers(_ weight: String) -> Bool { siteOfWeight[weight] != nil }

  /// A digest of what a weight reads: of its sums of squares and its counts, which were taken over the same tokens as
  /// the correlations, and take moments to read.
  ///
  /// - Precondition: `covers(weight)`.
  package func digest(of weight: String) throws -> ContentDigest {
    try digest(of: [siteOfWeight[weight]!])
  }

  /// The same of all weights.
  package func digest() throws -> ContentDigest { try digest(of: Array(sites.indices)) }

  private func digest(of sites: [Int]) throws -> ContentDigest {
    var hasher = ContentHasher()
    for site in sites {
      for tensor in [entries[site].squares, entries[site].counts] {
        var bytes = [UInt8](repeating: 0, count: tensor.byteCount)
        try bytes.withUnsafeMutableBytes {
          try file.read(tensor, byteRange: 0..<tensor.byteCount, into: $0)
        }
        hasher.add(tensor.name)
        bytes.withUnsafeBytes { hasher.add($0) }
      }
    }
    return hasher.finish()
  }

  /// Checks that the file is still the one that was opened.
  package func checkUnchanged() throws { try file.checkUnchanged() }
}
