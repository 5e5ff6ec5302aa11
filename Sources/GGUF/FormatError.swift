/// A file that breaks a rule of the GGUF format.
package struct FormatError: ClassifiedError, Equatable {
  /// The file.
  package let path: String
  /// The rule that it breaks.
  package let problem: Problem
  /// Where in the file the offending item begins, in bytes; nil where no single place is at fault.
  package let offset: Int?

  /// The complaint that `path` breaks a rule at a byte.
  package init(path: String, _ problem: Problem, at offset: Int? = nil) {
    self.path = path
    self.problem = problem
    self.offset = offset
  }

  /// The ways in which a file can be wrong, one case each. A header ends where the file does, or
  /// where the longest header that is read would.
  ///
  /// The rules are those of llama.cpp's `gguf.cpp`, made stricter where it accepts what no loader
  /// can use: a dimension of zero, a tensor without a name or dimensions, text that is not UTF-8
  /// in a name.
  package enum Problem: ClassifiedError, Equatable {
    // The file as a whole.

    /// No bytes at all.
    case empty
    /// Other first bytes than `GGUF`.
    case notGGUF
    /// Written on, or for, a big-endian machine.
    case byteSwapped
    /// A version other than 2 and 3.
    case version(UInt32)
    /// The header goes on where the file ends; the bytes that are missing at least.
    case endsEarly(needed: Int)
    /// The header goes on after as many bytes as are read of any header.
    case headerTooLong(limit: Int)
    /// More keys declared than the rest of the header could hold.
    case keyCount(UInt64)
    /// More tensors declared than the rest of the header could hold.
    case tensorCount(UInt64)

    // Metadata.

    /// A key with a length, in bytes, beyond the end of the header.
    case keyTooLong(UInt64)
    /// A key of length 0.
    case emptyKey
    /// A key that is not UTF-8.
    case keyNotText
    /// Two entries of one key.
    case duplicateKey(String)
    /// A value or array elements of a kind that GGUF does not have.
    case unknownValueKind(key: String, id: UInt32)
    /// An array of arrays.
    case nestedArray(key: String)
    /// A string of as many bytes, or an array of as many elements, beyond the end of the header.
    case valueTooLong(key: String, count: UInt64)
    /// An alignment that is not a `uint32`.
    case alignmentKind
    /// An alignment, in bytes, that is not a power of two up to 1 MiB.
    case alignment(Int)

    /// An entry about how the file was made that does not have its form.
    case provenance(FileProvenance.Key)

    // Tensors.

    /// A name of 0 or more than 63 bytes.
    case tensorNameLength(Int)
    /// A name that is not UTF-8.
    case tensorNameNotText
    /// Two tensors of one name, in one file or in two shards.
    case duplicateTensor(String)
    /// Fewer than 1 or more than 4 dimensions.
    case dimensionCount(tensor: String, Int)
    /// A dimension that is not positive.
    case dimension(tensor: String, Int)
    /// A number of elements or bytes, or an end of the data, that 63 bits cannot hold.
    case tooLarge(tensor: String)
    /// A type that never was or no longer is.
    case unknownType(tensor: String, id: UInt32)
    /// Rows that are not whole blocks of the type.
    case rowLength(tensor: String, columns: Int, TensorType)
    /// Rows that are not whole groups of an interleaved type.
    case rowCount(tensor: String, rows: Int, TensorType)
    /// Data that is not right behind that of the tensor before; both relative to the data's start.
    case tensorOffset(tensor: String, found: UInt64, expected: Int)
    /// Data that the file does not hold; both in bytes from the start of the file.
    case tensorPastEnd(tensor: String, end: Int, fileSize: Int)

    // Shards.

    /// A shard whose name does not tell the names of the others.
    case shardName(count: Int)
    /// A shard that is not beside the others; its path.
    case shardMissing(String)
    /// A shard under another's name; numbers from 0.
    case shardNumber(found: Int?, expected: Int)
    /// A shard of a model of another number of shards.
    case shardCount(found: Int?, expected: Int)
    /// Another number of tensors in all shards together than the first one declares.
    case shardTensorCount(found: Int, expected: Int)
    /// More shards than their numbers can count.
    case shardsTooMany(Int)
    /// A shard that contradicts the first one.
    case shardOfAnotherModel(key: String)

    package var kind: ErrorKind { .badInput }
  }

  package var kind: ErrorKind { problem.kind }
}
