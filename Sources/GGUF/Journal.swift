import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What of an output has been written, in a file beside it, so that a run that was ended can go on.
///
/// The journal is locked for as long as somebody writes the output. Records are only ever appended. Each has a
/// checksum, and what follows the first one that does not hold is ignored: the end of a run may have torn it. A record
/// is a claim, not a proof. Whoever relies on one checks the bytes that it speaks of by their digest, so the journal
/// need not be on the disk before they are.
///
///     offset  0   the mark, 24 bytes
///     offset 24   records of 88 bytes:
///                     0   kind     UInt32
///                     4   index    UInt32
///                     8   count    UInt64
///                    16   digest   32 bytes
///                    48   origin   32 bytes
///                    80   the first 8 bytes of the SHA-256 of the 80 bytes before
final class Journal: Sendable {
  /// What is written of one tensor.
  struct Tensor: Sendable, Equatable {
    /// The SHA-256 of its bytes.
    let digest: ContentDigest
    /// What they depend on.
    let origin: ContentDigest
  }

  /// The beginning of a file that is complete, as far as it goes.
  struct Seal: Sendable, Equatable {
    /// In bytes.
    let count: Int
    let digest: ContentDigest
  }

  /// What a journal says.
  struct Contents: Sendable, Equatable {
    /// What the output is to be; nil where that is not known.
    var key: ContentDigest?
    /// What is finished, by the tensors' numbers.
    var tensors: [Int: Tensor] = [:]
    /// The files that have, or are about to have, their own beginnings in place of the mark.
    var seals: [Int: Seal] = [:]
  }

  /// What the journal said when it was opened.
  let contents: Contents
  /// Whether other processes are kept out.
  let isLocked: Bool
  let side: SideFile
  /// Bytes that are known to be good.
  private let end: Mutex<Int>

  /// Opens and locks the journal of an output, and creates it where there is none.
  ///
  /// - Throws: `ConflictError` where another process writes the output, or where the name belongs to another's file.
  init(of output: String) throws {
    let path = Self.path(of: output)
    let (side, isLocked) = try SideFile.locked(path: path, for: output)
    guard isLocked || side.isNew else { throw ConflictError.notLockable(output, journal: path) }
    guard try Mark.journal.begins(side.file) else { throw ConflictError.notOurs(path, .unmarked) }
    self.side = side
    self.isLocked = isLocked
    var end = Mark.length
    contents = try Self.read(side.file, &end)
    self.end = Mutex(end)
  }

  /// Whether nothing was left of the output that a later run could use.
  var isIdle: Bool { side.isNew || contents.key == nil }

  /// The name of an output's journal.
  static func path(of output: String) -> String { "\(output).partial.journal" }

  /// Forgets what the journal said, and begins anew.
  ///
  /// - Parameter key: what the output is to be.
  func begin(_ key: ContentDigest) throws {
    guard ftruncate(side.file.descriptor, 0) == 0 else {
      throw FileError.last("empty", side.file.path)
    }
    let bytes = Mark.journal.bytes + Record(kind: .beginning, digest: key).encoded
    try end.withLock { end in
      end = 0
      try append(bytes, &end)
    }
  }

  /// Notes that a tensor is finished.
  func append(_ tensor: Tensor, index: Int) throws {
    try append(
      Record(
        kind: .tensor, index: UInt32(clamping: index), digest: tensor.digest, origin: tensor.origin)
    )
  }

  /// Notes how a file begins that is complete but for its first bytes.
  func append(_ seal: Seal, file: Int) throws {
    try append(
      Record(
        kind: .seal, index: UInt32(clamping: file), count: UInt64(clamping: seal.count),
        digest: seal.digest))
  }

  private func append(_ record: Record) throws {
    try end.withLock { end in try append(record.encoded, &end) }
  }

  private func append(_ bytes: [UInt8], _ end: inout Int) throws {
    try side.file.write(bytes, at: end)
    end += bytes.count
  }

  // MARK: Reading

  private static func read(_ file: OpenFile, _ end: inout Int) throws -> Contents {
    var contents = Contents()
    let size = try file.currentSize
    while end <= size - Record.byteCount {
      let record = Record(try file.bytes(at: end, count: Record.byteCount))
      guard let record, contents.add(record) else { break }
      end += Record.byteCount
    }
    return contents
  }
}

extension Journal.Contents {
  /// Takes in the next record; false for one that cannot stand here.
  fileprivate mutating func add(_ record: Journal.Record) -> Bool {
    switch record.kind {
    case .beginning:
      guard key == nil else { return false }
      key = record.digest
    case .tensor:
      tensors[Int(record.index)] = Journal.Tensor(digest: record.digest, origin: record.origin)
    case .seal:
      seals[Int(record.index)] = Journal.Seal(
        count: Int(clamping: record.count), digest: record.digest)
    }
    return key != nil
  }
}

extension Journal {
  fileprivate struct Record {
    enum Kind: UInt32 {
      case beginning = 1
      case tensor = 2
      case seal = 3
    }

    static let byteCount = 88

    let kind: Kind
    let index: UInt32
    let count: UInt64
    let digest: ContentDigest
    let origin: ContentDigest

    init(
      kind: Kind, index: UInt32 = 0, count: UInt64 = 0, digest: ContentDigest,
      origin: ContentDigest? = nil
    ) {
      self.kind = kind
      self.index = index
      self.count = count
      self.digest = digest
      self.origin = origin ?? ContentDigest(of: "")
    }

    /// Nil where the checksum does not hold.
    init?(_ bytes: [UInt8]) {
      let (payload, checksum) = (Array(bytes[..<80]), bytes[80...])
      guard Self.checksum(payload).elementsEqual(checksum) else { return nil }
      let numbers = payload.withUnsafeBytes {
        (
          $0.loadUnaligned(fromByteOffset: 0, as: UInt32.self).littleEndian,
          $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self).littleEndian,
          $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian
        )
      }
      guard let kind = Kind(rawValue: numbers.0),
        let digest = ContentDigest(bytes: Array(payload[16..<48])),
        let origin = ContentDigest(bytes: Array(payload[48..<80]))
      else { return nil }
      self.init(kind: kind, index: numbers.1, count: numbers.2, digest: digest, origin: origin)
    }

    var encoded: [UInt8] {
      var bytes: [UInt8] = []
      bytes.append(littleEndian: kind.rawValue)
      bytes.append(littleEndian: index)
      bytes.append(littleEndian: count)
      bytes += digest.bytes + origin.bytes
      return bytes + Self.checksum(bytes)
    }

    private static func checksum(_ payload: [UInt8]) -> ArraySlice<UInt8> {
      payload.withUnsafeBytes { ContentDigest(of: $0) }.bytes[..<8]
    }
  }
}
