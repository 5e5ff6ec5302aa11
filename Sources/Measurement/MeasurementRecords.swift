import Foundation
import GGUF
import GRDB

/// A row of the cache that has a checksum, by which damage shows.
protocol SealedRecord {
  /// The first 8 bytes of a digest of all other columns.
  var checksum: Data { get set }
  /// The digest of all other columns.
  var digest: ContentDigest { get }
}

extension SealedRecord {
  /// Whether the row is as it was stored.
  var isIntact: Bool { checksum == sealing }

  /// Gives the row the checksum that it should have.
  mutating func seal() { checksum = sealing }

  private var sealing: Data { Data(digest.bytes.prefix(8)) }
}

/// What a tensor loses under a type, as a row of the cache's table `measurement`.
struct MeasurementRecord: Codable, FetchableRecord, PersistableRecord, SealedRecord {
  static let databaseTableName = "measurement"
  /// Measuring again replaces.
  static let persistenceConflictPolicy = PersistenceConflictPolicy(
    insert: .replace, update: .replace)

  /// The SHA-256 digest of all that the measurement depends on.
  var key: Data
  /// The tensor's name and the type's, for those who query the file.
  var tensor: String
  var type: String
  var loss: Double
  var lossVariance: Double
  var weightedRelativeError: Double
  var rootMeanSquareError: Double
  var maximumError: Double
  var percentile95: Double
  var measuredRows: Int
  var rows: Int
  var checksum = Data()

  /// The row that keeps a measurement.
  init(key: Data, tensor: String, type: String, _ distortion: Distortion) {
    self.key = key
    self.tensor = tensor
    self.type = type
    loss = distortion.loss
    lossVariance = distortion.lossVariance
    weightedRelativeError = distortion.weightedRelativeError
    rootMeanSquareError = distortion.rootMeanSquareError
    maximumError = distortion.maximumError
    percentile95 = distortion.percentile95
    measuredRows = distortion.measuredRows
    rows = distortion.rows
    seal()
  }

  private var figures: [Double] {
    [loss, lossVariance, weightedRelativeError, rootMeanSquareError, maximumError, percentile95]
  }

  var digest: ContentDigest {
    var hasher = ContentHasher()
    hasher.add("measurement")
    key.withUnsafeBytes { hasher.add($0) }
    hasher.add(tensor)
    hasher.add(type)
    for figure in figures { hasher.add(figure.bitPattern) }
    for count in [measuredRows, rows] { hasher.add(UInt64(bitPattern: Int64(count))) }
    return hasher.finish()
  }

  /// The measurement that the row keeps; nil where a figure is infinite or negative, which none that
  /// was measured is.
  var distortion: Distortion? {
    guard figures.allSatisfy({ $0.isFinite && $0 >= 0 }), 0...max(rows, 0) ~= measuredRows else {
      return nil
    }
    return Distortion(
      loss: loss, lossVariance: lossVariance, weightedRelativeError: weightedRelativeError,
      rootMeanSquareError: rootMeanSquareError, maximumError: maximumError,
      percentile95: percentile95, measuredRows: measuredRows, rows: rows)
  }
}

/// The digest of a stretch of a file, as a row of the cache's table `digest`.
struct DigestRecord: Codable, FetchableRecord, PersistableRecord, SealedRecord {
  static let databaseTableName = "digest"
  /// Taking a digest again replaces.
  static let persistenceConflictPolicy = PersistenceConflictPolicy(
    insert: .replace, update: .replace)

  /// The file's device, inode, size and times of change.
  var file: String
  /// The offset of the first byte.
  var start: Int
  /// The number of bytes.
  var length: Int
  /// The SHA-256 digest.
  var key: Data
  var checksum = Data()

  /// The row that keeps a digest.
  init(file: String, start: Int, length: Int, key: Data) {
    self.file = file
    self.start = start
    self.length = length
    self.key = key
    seal()
  }

  var digest: ContentDigest {
    var hasher = ContentHasher()
    hasher.add("digest")
    hasher.add(file)
    for number in [start, length] { hasher.add(UInt64(bitPattern: Int64(number))) }
    key.withUnsafeBytes { hasher.add($0) }
    return hasher.finish()
  }
}
