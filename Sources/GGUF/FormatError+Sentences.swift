extension FormatError: CustomStringConvertible {
  package var description: String {
    let place = offset.map { " (at byte \($0))" } ?? ""
    return "\(path.escaped): \(problem)\(place)"
  }
}

extension FormatError.Problem: CustomStringConvertible {
  /// A sentence without its subject's path and final stop.
  package var description: String {
    switch self {
    case .empty:
      "the file is empty"
    case .notGGUF:
      "the file does not begin with \"GGUF\", so it is not a GGUF file"
    case .byteSwapped:
      "the file is written in big-endian byte order; only little-endian files can be read"
    case .version(let version):
      "GGUF version \(version) cannot be read; versions 2 and 3 can"
    case .endsEarly(let needed):
      "the file ends early: \(needed) more bytes are needed"
    case .headerTooLong(let limit):
      "the header is longer than \(limit) bytes, more than any model needs"
    case .keyCount(let count):
      "the file declares \(count) metadata keys, more than its header can hold"
    case .tensorCount(let count):
      "the file declares \(count) tensors, more than its header can hold"

    case .keyTooLong(let length):
      "a metadata key declares a length of \(length) bytes, more than the header can hold"
    case .emptyKey:
      "a metadata key is empty"
    case .keyNotText:
      "a metadata key is not UTF-8 text"
    case .duplicateKey(let key):
      "the metadata key \(key.quoted) occurs twice\(key.sameness)"
    case .unknownValueKind(let key, let id):
      "the value of \(key.quoted) is of the unknown kind \(id)"
    case .nestedArray(let key):
      "the value of \(key.quoted) is an array of arrays, which no model needs"
    case .valueTooLong(let key, let count):
      "the value of \(key.quoted) declares a length of \(count), more than the header can hold"
    case .alignmentKind:
      "\(Metadata.alignmentKey.quoted) is not a single 32-bit unsigned number"
    case .alignment(let alignment):
      "an alignment of \(alignment) is not a power of two from 1 to 1048576"
    case .provenance(let key):
      "the value of \(key.rawValue.quoted) is not \(key.form)"

    case .tensorNameLength(let length):
      "a tensor's name takes \(length) bytes; 1 to 63 are allowed"
    case .tensorNameNotText:
      "a tensor's name is not UTF-8 text"
    case .duplicateTensor(let name):
      "the tensor \(name.quoted) occurs twice\(name.sameness)"
    case .dimensionCount(let tensor, let count):
      "the tensor \(tensor.quoted) has \(count) dimensions; 1 to 4 are allowed"
    case .dimension(let tensor, let dimension):
      "the tensor \(tensor.quoted) has a dimension of \(dimension)"
    case .tooLarge(let tensor):
      "the tensor \(tensor.quoted) is larger than any file can be"
    case .unknownType(let tensor, let id):
      "the tensor \(tensor.quoted) is of type \(id), which is unknown or was removed from GGUF"
    case .rowLength(let tensor, let columns, let type):
      """
      the tensor \(tensor.quoted) has rows of \(columns) weights, not a multiple of \
      \(type.weightsPerBlock) as \(type) needs
      """
    case .rowCount(let tensor, let rows, let type):
      """
      the tensor \(tensor.quoted) has \(rows) rows, not a multiple of \(type.rowsPerGroup) as \
      \(type) needs
      """
    case .tensorOffset(let tensor, let found, let expected):
      """
      the data of tensor \(tensor.quoted) is declared at \(found) but must be at \(expected), \
      right after the tensor before it
      """
    case .tensorPastEnd(let tensor, let end, let fileSize):
      """
      the data of tensor \(tensor.quoted) ends at byte \(end) but the file has only \(fileSize) \
      bytes
      """

    case .shardName(let count):
      "the file is one of \(count) shards but its name does not end in -NNNNN-of-NNNNN.gguf"
    case .shardMissing(let path):
      "the shard \(path.quoted) is missing"
    case .shardNumber(let found, let expected):
      "the shard calls itself number \(found.orNone) (counted from 0) but stands at \(expected)"
    case .shardCount(let found, let expected):
      "the shard belongs to a model of \(found.orNone) shards, not \(expected)"
    case .shardTensorCount(let found, let expected):
      "the shards hold \(found) tensors together but should hold \(expected)"
    case .shardsTooMany(let count):
      "the model would have \(count) shards; at most 65535 can be counted"
    case .shardOfAnotherModel(let key):
      "the shard belongs to another model: its \(key.quoted) differs from the first shard's"
    }
  }
}

extension Int? {
  fileprivate var orNone: String { self.map { "\($0)" } ?? "none" }
}

extension String {
  /// When names count as the same, where that is not plain.
  fileprivate var sameness: String {
    utf8.allSatisfy { $0 < 0x80 }
      ? "" : " (names that differ only in how Unicode composes their letters count as one)"
  }
}
