/// How a file was made, as it says itself under `ration.*` in its metadata. A file of other origin says nothing.
///
/// `docs/provenance.md` defines each entry for other programs. A tool that changes a file may carry the entries over:
/// they are what the last writer said, and `ration verify` holds the file against them.
package struct FileProvenance: Sendable, Equatable {
  /// The keys, in the order of the file.
  package enum Key: String, Sendable, CaseIterable {
    /// A string: the version of the program.
    case version = "ration.version"
    /// A string: the SHA-256 of the recipe's rules.
    case recipeDigest = "ration.recipe_sha256"
    /// A string: the digest of the model that the file was made from.
    case sourceDigest = "ration.source_sha256"
    /// A string: the SHA-256 of the statistics file. Without statistics there is none.
    case statisticsDigest = "ration.statistics_sha256"
    /// An array of strings: the SHA-256 of each tensor's bytes, in the order of the file.
    case tensorDigests = "ration.tensor_sha256"
    /// An array of strings: a digest of everything that each tensor's bytes depend on, in the order of the file.
    case tensorOrigins = "ration.tensor_origin"
    /// A 64-bit float: the KLD that was predicted, in nats.
    case predictedKLD = "ration.predicted_kld"
    /// A 64-bit float: the weighted squared error that was predicted.
    case predictedError = "ration.predicted_error"

    /// What all keys begin with, those of other versions too.
    package static let prefix = "ration."

    /// What a value must be, in words.
    var form: String {
      switch self {
      case .version: "a text"
      case .recipeDigest, .sourceDigest, .statisticsDigest: "64 hexadecimal digits"
      case .tensorDigests, .tensorOrigins: "64 hexadecimal digits for each tensor"
      case .predictedKLD, .predictedError: "a finite number that is not negative"
      }
    }
  }

  package var version: String?
  package var recipeDigest: ContentDigest?
  package var sourceDigest: ContentDigest?
  package var statisticsDigest: ContentDigest?
  /// One for each tensor of the file, of all shards, in order.
  package var tensorDigests: [ContentDigest]?
  /// One for each tensor of the file, of all shards, in order.
  package var tensorOrigins: [ContentDigest]?
  /// In nats.
  package var predictedKLD: Double?
  package var predictedError: Double?

  /// Nothing is said.
  package init() {}

  /// Whether nothing is said.
  package var isEmpty: Bool { self == FileProvenance() }
}

extension FileProvenance {
  /// What metadata says.
  ///
  /// - Parameter tensors: how many the file has, in all its shards.
  /// - Throws: `FormatError.Problem.provenance` for a value that does not have its form. What is missing is nil.
  package init(_ metadata: Metadata, tensors: Int) throws(FormatError.Problem) {
    version = try Self.value(of: .version, in: metadata, \.string)
    recipeDigest = try Self.value(of: .recipeDigest, in: metadata, \.digest)
    sourceDigest = try Self.value(of: .sourceDigest, in: metadata, \.digest)
    statisticsDigest = try Self.value(of: .statisticsDigest, in: metadata, \.digest)
    tensorDigests = try Self.value(of: .tensorDigests, in: metadata) { $0.digests(count: tensors) }
    tensorOrigins = try Self.value(of: .tensorOrigins, in: metadata) { $0.digests(count: tensors) }
    predictedKLD = try Self.value(of: .predictedKLD, in: metadata, \.prediction)
    predictedError = try Self.value(of: .predictedError, in: metadata, \.prediction)
  }

  private static func value<Value>(
    of key: Key, in metadata: Metadata, _ read: (MetadataValue) -> Value?
  ) throws(FormatError.Problem) -> Value? {
    guard let entry = metadata[key.rawValue] else { return nil }
    guard let value = read(entry) else { throw .provenance(key) }
    return value
  }

  /// Says all this in metadata, in place of what it said before.
  package func write(into metadata: inout Metadata) {
    metadata.removeAll { $0.key.hasPrefix(Key.prefix) }
    for key in Key.allCases { metadata[key.rawValue] = value(of: key) }
  }

  private func value(of key: Key) -> MetadataValue? {
    switch key {
    case .version: version.map(MetadataValue.string)
    case .recipeDigest: recipeDigest.map { .string($0.hexadecimal) }
    case .sourceDigest: sourceDigest.map { .string($0.hexadecimal) }
    case .statisticsDigest: statisticsDigest.map { .string($0.hexadecimal) }
    case .tensorDigests: tensorDigests.map { .strings($0.map(\.hexadecimal)) }
    case .tensorOrigins: tensorOrigins.map { .strings($0.map(\.hexadecimal)) }
    case .predictedKLD: predictedKLD.map(MetadataValue.float64)
    case .predictedError: predictedError.map(MetadataValue.float64)
    }
  }
}

extension MetadataValue {
  fileprivate var digest: ContentDigest? { string.flatMap(ContentDigest.init(hexadecimal:)) }

  fileprivate func digests(count: Int) -> [ContentDigest]? {
    guard arrayCount == count, let strings else { return nil }
    let digests = strings.compactMap(ContentDigest.init(hexadecimal:))
    return digests.count == count ? digests : nil
  }

  fileprivate var prediction: Double? {
    guard kind == .float64, let double, double.isFinite, double >= 0 else { return nil }
    return double
  }
}
