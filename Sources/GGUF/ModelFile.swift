/// A GGUF model open for reading: one file, or all the shards of a split one.
///
/// Everything that the headers say has been checked when the initializer returns: each tensor's
/// bytes lie in their file, in order, without gaps.
package final class ModelFile: Sendable {
  /// The file that was opened: the first shard of a split model.
  package var path: String { files.paths[0] }
  /// The files that hold the model, in order.
  package var shardPaths: [String] { files.paths }
  /// Version of the format: 2 or 3.
  package let version: Int
  /// The keys and values of the first shard, which has them all (`split.*` included).
  package let metadata: Metadata
  /// Alignment of tensor data in the first shard, in bytes.
  package let alignment: Int
  /// Every tensor, in the order of the files.
  package let tensors: [TensorDescriptor]
  /// What the files hold beside headers and tensors, in order.
  package let gaps: [FileGap]

  private let positions: [String: Int]
  private let files: ShardFiles

  /// Opens the model that `path` names or belongs to: given a later shard, the first one is found
  /// beside it.
  ///
  /// - Throws: `FormatError` for a malformed file or set of shards, `FileError` for one that cannot
  ///   be read.
  package init(path: String) throws {
    let set = try ShardSet(path: path)
    files = ShardFiles(paths: set.paths, stamps: set.stamps)
    version = Int(set.first.version)
    metadata = set.first.metadata
    alignment = set.first.alignment
    tensors = set.tensors
    gaps = set.gaps
    positions = set.positions
  }

  /// The tensor of this name, or nil.
  package subscript(name: String) -> TensorDescriptor? { positions[name].map { tensors[$0] } }

  /// Reads a part of a tensor's data; safe to call from many threads at once.
  ///
  /// - Precondition: `byteRange` lies in the tensor's data, and `buffer` is at least as long.
  /// - Throws: Also where the file has become shorter or was replaced; the buffer's contents are
  ///   then meaningless.
  package func read(
    _ tensor: TensorDescriptor, byteRange: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileError) {
    precondition(byteRange.lowerBound >= 0 && byteRange.upperBound <= tensor.byteCount)
    let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<byteRange.count])
    try files.file(of: tensor.shard).read(at: tensor.offset + byteRange.lowerBound, into: target)
  }

  /// Reads whole rows of a tensor, counted over all slices.
  ///
  /// - Precondition: `rows` are rows of the tensor, and `buffer` holds as many times its `rowBytes`.
  /// - Throws: As `read(_:byteRange:into:)`.
  package func readRows(
    _ tensor: TensorDescriptor, rows: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileError) {
    let bytes = rows.lowerBound * tensor.rowBytes..<rows.upperBound * tensor.rowBytes
    try read(tensor, byteRange: bytes, into: buffer)
  }

  /// Reads a gap, as `read(_:byteRange:into:)` reads of a tensor.
  ///
  /// - Precondition: `buffer` is as long as the gap.
  func read(_ gap: FileGap, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
    precondition(buffer.count == gap.range.count)
    try files.file(of: gap.shard).read(at: gap.range.lowerBound, into: buffer)
  }

  /// Checks that nobody has touched any file since it was opened.
  ///
  /// - Throws: `FileError`, as `FileStamp.checkUnchanged(since:at:)`.
  package func checkUnchanged() throws(FileError) { try files.checkUnchanged() }
}
