/// The reading back of a written file, before it is trusted.
struct Verification {
  let file: OpenFile
  let layout: FileLayout
  /// What was written of each tensor of the layout.
  let chunks: [TensorChunks]

  /// Bytes read at a time.
  private static let pieceSize = 1 << 20

  /// Checks that every byte of every tensor was written once.
  func checkComplete() throws(VerificationError) {
    for (tensor, chunks) in zip(layout.tensors, chunks) {
      if let offset = chunks.firstFault {
        throw error(.incomplete(tensor: tensor.name, at: offset))
      }
    }
  }

  /// Checks every byte of the file: the header by comparison and by reading it as any reader would,
  /// the data by its digests, the padding by being zero.
  ///
  /// - Throws: `VerificationError`, `FileError`.
  func checkContents() throws {
    // A file of its own, whose stamp has the size that the file has now.
    let file = try OpenFile(reading: file.path)
    try checkHeader(file)

    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 64)
    defer { buffer.deallocate() }
    for (index, tensor) in layout.tensors.enumerated() {
      for (offset, chunk) in chunks[index].sorted {
        let start = tensor.offset + offset
        guard try digest(of: start..<start + chunk.count, file, buffer) == chunk.digest else {
          throw error(.changed(tensor: tensor.name, offset..<offset + chunk.count))
        }
      }
      let end = tensor.offset + tensor.byteCount
      let next =
        index + 1 < layout.tensors.count ? layout.tensors[index + 1].offset : layout.fileBytes
      try checkPadding(end..<next, file, buffer)
    }
  }

  private func checkHeader(_ file: OpenFile) throws {
    guard file.stamp.isSameFile(as: self.file.stamp), file.stamp.size == layout.fileBytes else {
      throw error(.headerChanged)
    }
    var reader = ByteReader(file)
    guard try reader.bytes(layout.headerBytes) == layout.encodedHeader() else {
      throw error(.headerChanged)
    }
    let header = try FileHeader(reading: file)
    guard header.metadata == layout.metadata, header.tensors == layout.tensors else {
      throw error(.headerChanged)
    }
  }

  private func digest(
    of range: Range<Int>, _ file: OpenFile, _ buffer: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> ContentDigest {
    var hasher = ContentHasher()
    for start in stride(from: range.lowerBound, to: range.upperBound, by: buffer.count) {
      let count = min(buffer.count, range.upperBound - start)
      let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
      try file.read(at: start, into: piece)
      hasher.add(UnsafeRawBufferPointer(piece))
    }
    return hasher.finish()
  }

  /// - Precondition: The padding is no longer than `buffer`, as no alignment is.
  private func checkPadding(
    _ range: Range<Int>, _ file: OpenFile, _ buffer: UnsafeMutableRawBufferPointer
  ) throws {
    let padding = UnsafeMutableRawBufferPointer(rebasing: buffer[..<range.count])
    try file.read(at: range.lowerBound, into: padding)
    if let position = padding.firstIndex(where: { $0 != 0 }) {
      throw error(.paddingChanged(at: range.lowerBound + position))
    }
  }

  private func error(_ problem: VerificationError.Problem) -> VerificationError {
    VerificationError(path: file.path, problem: problem)
  }
}
