#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The headers of a model's files, read and found to belong together.
///
/// The keys of a split model are those of `gguf-split`: `split.count`, `split.no` (from 0) and
/// `split.tensors.count` (over all shards).
struct ShardSet {
  let first: FileHeader
  private(set) var paths: [String]
  private(set) var stamps: [FileStamp]
  private(set) var tensors: [TensorDescriptor] = []
  /// Where in `tensors` each name stands.
  private(set) var positions: [String: Int] = [:]
  /// What the files hold beside headers and tensors, in order.
  private(set) var gaps: [FileGap] = []

  /// - Throws: `FormatError` or `FileError`.
  init(path: String) throws {
    var path = path
    var (header, stamp) = try Self.open(path)
    let count = header.splitCount ?? 1
    guard count > 1 else {
      first = header
      (paths, stamps) = ([path], [stamp])
      try append(header, of: path)
      return
    }

    guard let name = ShardName(path: path), name.count == count else {
      throw FormatError(path: path, .shardName(count: count))
    }
    if header.splitNumber != 0 {
      path = name.sibling(1).path
      (header, stamp) = try Self.openSibling(path, of: name.path)
    }
    first = header
    (paths, stamps) = ([path], [stamp])
    try check(header, at: 0, of: path, count: count)
    try append(header, of: path)

    for shard in 1..<count {
      let path = name.sibling(shard + 1).path
      let (header, stamp) = try Self.openSibling(path, of: name.path)
      try check(header, at: shard, of: path, count: count)
      paths.append(path)
      stamps.append(stamp)
      try append(header, of: path)
    }
    if let declared = first.metadata["split.tensors.count"]?.integer, declared != tensors.count {
      throw FormatError(
        path: path, .shardTensorCount(found: tensors.count, expected: declared))
    }
  }

  private static func open(_ path: String) throws -> (FileHeader, FileStamp) {
    let file = try OpenFile(reading: path)
    return (try FileHeader(reading: file), file.stamp)
  }

  private static func openSibling(
    _ path: String, of other: String
  ) throws -> (FileHeader, FileStamp) {
    do {
      return try open(path)
    } catch let error as FileError where error.reason == .system(ENOENT) {
      throw FormatError(path: other, .shardMissing(path))
    }
  }

  private func check(_ header: FileHeader, at shard: Int, of path: String, count: Int) throws {
    guard header.splitCount == count else {
      throw FormatError(path: path, .shardCount(found: header.splitCount, expected: count))
    }
    guard header.splitNumber == shard else {
      throw FormatError(path: path, .shardNumber(found: header.splitNumber, expected: shard))
    }
    // Later shards need not repeat what the first one says, but must not contradict it. The alignment is the file's own.
    for entry in header.metadata.entries
    where !entry.key.hasPrefix("split.") && entry.key != Metadata.alignmentKey {
      guard entry.value == first.metadata[entry.key] else {
        throw FormatError(path: path, .shardOfAnotherModel(key: entry.key))
      }
    }
  }

  private mutating func append(_ header: FileHeader, of path: String) throws {
    gaps += header.padding.map { FileGap(shard: paths.count - 1, range: $0, kind: .padding) }
    if !header.surplus.isEmpty {
      gaps.append(FileGap(shard: paths.count - 1, range: header.surplus, kind: .surplus))
    }
    for var tensor in header.tensors {
      guard positions.updateValue(tensors.count, forKey: tensor.name) == nil else {
        throw FormatError(path: path, .duplicateTensor(tensor.name))
      }
      tensor.shard = paths.count - 1
      tensors.append(tensor)
    }
  }
}

extension FileHeader {
  fileprivate var splitCount: Int? { metadata["split.count"]?.integer }
  fileprivate var splitNumber: Int? { metadata["split.no"]?.integer }
}
