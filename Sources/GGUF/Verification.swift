/// The reading back of a written file, before it is trusted.
struct Verification: Sendable {
  let file: OpenFile
  let layout: FileLayout
  /// The SHA-256 of each tensor of the layout, as it was written.
  let digests: [ContentDigest]

  /// Checks every byte of a tensor by its digest, and the padding behind it by being zero.
  ///
  /// - Parameter check: shown all rows.
  /// - Throws: `VerificationError`, `FileError`, or what `check` throws.
  func checkTensor(
    _ index: Int, _ check: (Range<Int>, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let tensor = layout.tensors[index]
    let file = try reopened()
    let groupRows = tensor.type.rowsPerGroup
    let step = max(1, (1 << 20) / (groupRows * tensor.rowBytes)) * groupRows
    let buffer = AlignedBuffer<UInt8>(count: max(min(step, tensor.rows) * tensor.rowBytes, 1))
    var hasher = ContentHasher()
    for start in stride(from: 0, to: tensor.rows, by: step) {
      let rows = start..<min(start + step, tensor.rows)
      let piece = buffer.bytes(rows.count * tensor.rowBytes)
      try file.read(at: tensor.offset + start * tensor.rowBytes, into: piece)
      hasher.add(UnsafeRawBufferPointer(piece))
      try check(rows, UnsafeRawBufferPointer(piece))
    }
    guard hasher.finish() == digests[index] else {
      throw error(.changed(tensor: tensor.name, 0..<tensor.byteCount))
    }
    try checkPadding(layout.padding(after: index), file)
  }

  /// Checks the header by comparison and by reading it as any reader would.
  ///
  /// - Throws: `VerificationError`, `FileError`.
  func checkHeader() throws {
    let file = try reopened()
    var reader = ByteReader(file)
    guard try reader.bytes(layout.headerBytes) == layout.encodedHeader() else {
      throw error(.headerChanged)
    }
    let header = try FileHeader(reading: file)
    guard header.metadata == layout.metadata, header.tensors == layout.tensors else {
      throw error(.headerChanged)
    }
  }

  /// The file opened anew, which shows its present size.
  private func reopened() throws -> OpenFile {
    let file = try OpenFile(reading: file.path)
    guard file.stamp.isSameFile(as: self.file.stamp), file.stamp.size == layout.fileBytes else {
      throw error(.headerChanged)
    }
    return file
  }

  private func checkPadding(_ range: Range<Int>, _ file: OpenFile) throws {
    let padding = try file.bytes(at: range.lowerBound, count: range.count)
    if let position = padding.firstIndex(where: { $0 != 0 }) {
      throw error(.paddingChanged(at: range.lowerBound + position))
    }
  }

  private func error(_ problem: VerificationError.Problem) -> VerificationError {
    VerificationError(path: file.path, problem: problem)
  }
}
