import GGUF

/// What the metadata of a file of second moments say.
struct SecondMomentHeader {
  let model: ContentDigest
  let texts: [String]
  let tokens: Int
  let sequence: Int
  /// The weights of each site.
  let sites: [[String]]

  private static let type = "ration.covariance"
  private static let form = 1

  private enum Key: String {
    case type = "general.type"
    case form = "ration.covariance.form"
    case model = "ration.covariance.model"
    case texts = "ration.covariance.texts"
    case tokens = "ration.covariance.tokens"
    case sequence = "ration.covariance.sequence"
    case sites = "ration.covariance.sites"
  }

  init(model: ContentDigest, texts: [String], tokens: Int, sequence: Int, sites: [[String]]) {
    self.model = model
    self.texts = texts
    self.tokens = tokens
    self.sequence = sequence
    self.sites = sites
  }

  /// Reads the metadata of a file.
  init(_ metadata: Metadata) throws(StatisticsError.Problem) {
    func value<Value>(
      _ key: Key, _ parse: (MetadataValue) -> Value?
    ) throws(StatisticsError.Problem) -> Value {
      guard let value = metadata[key.rawValue].flatMap(parse) else { throw .key(key.rawValue) }
      return value
    }
    guard metadata[Key.type.rawValue]?.string == Self.type else { throw .noSecondMoments }
    let form = try value(.form) { $0.integer }
    guard form == Self.form else { throw .form(form) }
    model = try value(.model) { $0.string.flatMap(ContentDigest.init(hexadecimal:)) }
    texts = try value(.texts) { $0.strings }
    tokens = try value(.tokens) { $0.integer.flatMap { $0 > 0 ? $0 : nil } }
    sequence = try value(.sequence) { $0.integer.flatMap { $0 > 0 ? $0 : nil } }
    sites = try value(.sites) { value in
      let sites = value.strings?.map { $0.split(separator: ",").map(String.init) }
      return sites?.contains(where: \.isEmpty) == false ? sites : nil
    }
  }

  /// The metadata of a file.
  var metadata: Metadata {
    var metadata = Metadata()
    metadata[Key.type.rawValue] = .string(Self.type)
    metadata[Key.form.rawValue] = .uint32(UInt32(Self.form))
    metadata[Key.model.rawValue] = .string(model.hexadecimal)
    metadata[Key.texts.rawValue] = .strings(texts)
    metadata[Key.tokens.rawValue] = .uint64(UInt64(tokens))
    metadata[Key.sequence.rawValue] = .uint32(UInt32(clamping: sequence))
    metadata[Key.sites.rawValue] = .strings(sites.map { $0.joined(separator: ",") })
    return metadata
  }
}
