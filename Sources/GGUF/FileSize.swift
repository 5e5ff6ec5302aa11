/// The size of a GGUF file, to which tensors are added one after the other.
package struct FileSize: Sendable {
  private var header: Int
  private var data = 0
  private let alignment: Int

  /// The size of a file without tensors.
  package init(_ metadata: Metadata) throws(FormatError.Problem) {
    header = Self.fixedHeaderBytes + metadata.encodedByteCount
    alignment = try metadata.alignment
  }

  /// Magic, version, tensor count, key count.
  private static let fixedHeaderBytes = 4 + 4 + 8 + 8

  /// Adds a tensor behind the others.
  ///
  /// - Throws: `tooLarge` where no file can be that large.
  package mutating func add(_ tensor: TensorDescriptor) throws(FormatError.Problem) {
    header += 8 + tensor.name.utf8.count + 4 + 8 * tensor.shape.count + 4 + 8
    let (end, overflow) = data.addingReportingOverflow(tensor.byteCount)
    let (padded, carry) = end.addingReportingOverflow(alignment - 1)
    guard !overflow, !carry, padded < Int.max - (header + alignment) else {
      throw .tooLarge(tensor: tensor.name)
    }
    data = padded & -alignment
  }

  /// Bytes before the data, padding included.
  package var headerBytes: Int { (header + alignment - 1) & -alignment }

  /// Bytes of the whole file.
  package var bytes: Int { headerBytes + data }
}
