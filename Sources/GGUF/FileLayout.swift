/// Where every byte of a GGUF file goes, known before any of it is written.
///
/// The file is version 3: header, padding, then each tensor followed by padding, the last one too,
/// as llama.cpp's and gguf-py's writers do.
package struct FileLayout: Sendable, Equatable {
  /// The entries of the header.
  package let metadata: Metadata
  /// The tensors in file order, at absolute offsets.
  package let tensors: [TensorDescriptor]
  /// Alignment of the tensor data, in bytes: what `metadata` asks for.
  package let alignment: Int
  /// Bytes before the data of the first tensor, padding included.
  package let headerBytes: Int
  /// Bytes of the whole file.
  package let fileBytes: Int

  /// Lays out a file of these entries and tensors, in this order.
  ///
  /// - Throws: The rule of the format that the file would break.
  package init(
    metadata: Metadata, tensors: [(name: String, shape: [Int], type: TensorType)]
  ) throws(FormatError.Problem) {
    alignment = try metadata.alignment
    self.metadata = metadata
    var size = try FileSize(metadata)
    var names: Set<String> = []
    var placed: [TensorDescriptor] = []
    placed.reserveCapacity(tensors.count)
    for (name, shape, type) in tensors {
      guard names.insert(name).inserted else { throw .duplicateTensor(name) }
      let tensor = try TensorDescriptor(name: name, shape: shape, type: type)
      try size.add(tensor)
      placed.append(tensor)
    }
    headerBytes = size.headerBytes
    var place = Cursor(after: headerBytes, alignment: alignment)
    for index in placed.indices { try place.put(&placed[index]) }
    self.tensors = placed
    fileBytes = place.offset
  }

  private init(_ layout: FileLayout, _ metadata: Metadata) {
    self.metadata = metadata
    tensors = layout.tensors
    alignment = layout.alignment
    headerBytes = layout.headerBytes
    fileBytes = layout.fileBytes
  }

  /// The same file with other values in its metadata.
  ///
  /// - Precondition: They take as many bytes as those before, and ask for the same alignment.
  func with(_ metadata: Metadata) -> FileLayout {
    precondition(
      metadata.encodedByteCount == self.metadata.encodedByteCount
        && metadata[Metadata.alignmentKey] == self.metadata[Metadata.alignmentKey],
      "metadata of another size")
    return FileLayout(self, metadata)
  }

  /// The bytes between the data of a tensor and what follows it.
  func padding(after index: Int) -> Range<Int> {
    let end = tensors[index].offset + tensors[index].byteCount
    return end..<(index + 1 < tensors.count ? tensors[index + 1].offset : fileBytes)
  }

  /// Where the entries of the metadata begin: behind magic, version and both counts.
  package static let entriesOffset = 24

  /// The header as it stands in the file, `headerBytes` long.
  package func encodedHeader() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(headerBytes)
    bytes.append(contentsOf: "GGUF".utf8)
    bytes.append(littleEndian: 3 as UInt32)
    bytes.append(littleEndian: UInt64(tensors.count))
    bytes.append(littleEndian: UInt64(metadata.entries.count))
    metadata.encode(into: &bytes)
    for tensor in tensors {
      bytes.append(text: tensor.name.utf8)
      bytes.append(littleEndian: UInt32(tensor.shape.count))
      for dimension in tensor.shape { bytes.append(littleEndian: Int64(dimension)) }
      bytes.append(littleEndian: tensor.type.id)
      bytes.append(littleEndian: UInt64(tensor.offset - headerBytes))
    }
    bytes.append(contentsOf: repeatElement(0, count: headerBytes - bytes.count))
    return bytes
  }
}

extension FileLayout {
  /// Places tensors one after the other, each at the next multiple of the alignment.
  struct Cursor {
    private(set) var offset: Int
    private let alignment: Int

    /// - Precondition: `alignment` is a positive power of two, `headerEnd` the size of something
    ///   that is in memory or in a file.
    init(after headerEnd: Int, alignment: Int) {
      self.alignment = alignment
      offset = (headerEnd + alignment - 1) & -alignment
    }

    mutating func put(_ tensor: inout TensorDescriptor) throws(FormatError.Problem) {
      tensor.offset = offset
      let (end, overflow) = offset.addingReportingOverflow(tensor.byteCount)
      let (rounded, carry) = end.addingReportingOverflow(alignment - 1)
      guard !overflow, !carry else { throw .tooLarge(tensor: tensor.name) }
      offset = rounded & -alignment
    }
  }
}
