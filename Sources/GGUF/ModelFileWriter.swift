import Synchronization

/// Writes a GGUF file such that nothing incomplete ever bears its name.
///
/// The data goes to `OUTPUT.partial`, whose full size is reserved before anything is written and
/// whose header stays zero until the last moment. `finish` reads everything back before it gives
/// the file its name. A writer that is let go of before that removes the partial file.
package final class ModelFileWriter: Sendable {
  /// The file that is written.
  package let layout: FileLayout
  private let partial: PartialFile
  private let state: Mutex<State>

  private struct State {
    var chunks: [TensorChunks]
    var isOpen = true
  }

  /// Reserves the file.
  ///
  /// - Parameters:
  ///   - path: The output.
  ///   - inputs: The files it is made from, which must exist; the output must be none of them, by
  ///     whatever path.
  ///   - overwrite: Whether a file of that name may be replaced. It is, at the very end.
  /// - Throws: `ConflictError` where the output must not be written, `FileError` where it cannot
  ///   be, for want of space among others.
  package init(
    path: String, layout: FileLayout, inputs: [String] = [], overwrite: Bool = false
  ) throws {
    self.layout = layout
    partial = try PartialFile(output: path, inputs: inputs, overwrite: overwrite)
    state = Mutex(
      State(chunks: layout.tensors.map { TensorChunks(byteCount: $0.byteCount) }))
    do {
      try partial.reserve(bytes: layout.fileBytes)
    } catch {
      partial.remove()
      throw error
    }
  }

  deinit { abandon() }

  /// Writes a part of a tensor's data; safe to call from many threads at once, in any order.
  ///
  /// The parts of a tensor must cover it without overlapping. Writing exactly the same part again
  /// replaces it.
  ///
  /// - Parameters:
  ///   - tensor: Index in `layout.tensors`.
  ///   - byteOffset: From the start of the tensor's data.
  /// - Precondition: The part lies in the tensor's data, and the writer was neither finished nor
  ///   abandoned.
  package func write(
    _ bytes: UnsafeRawBufferPointer, tensor index: Int, at byteOffset: Int
  ) throws(FileError) {
    let tensor = layout.tensors[index]
    precondition(byteOffset >= 0 && byteOffset <= tensor.byteCount - bytes.count)
    guard !bytes.isEmpty else { return }
    let chunk = TensorChunks.Chunk(count: bytes.count, digest: ContentDigest(of: bytes))
    state.withLock {
      precondition($0.isOpen, "the file was finished or abandoned")
      $0.chunks[index].record(chunk, at: byteOffset)
    }
    try partial.file.write(bytes, at: tensor.offset + byteOffset)
  }

  /// Completes the file: header, to the disk, verification, final name, to the disk.
  ///
  /// - Precondition: Every call of `write` has returned.
  /// - Throws: `VerificationError` if data is missing or is not what was written, `FileError` if
  ///   the disk failed, `ConflictError` if a file of that name has appeared meanwhile. The output
  ///   does not exist then, or is still the one before, unless only the last step failed: the
  ///   directory could not be brought to the disk. Then the output is complete.
  package func finish() throws {
    let chunks = state.withLock { state in
      precondition(state.isOpen, "the file was finished or abandoned")
      return state.chunks
    }
    let verification = Verification(file: partial.file, layout: layout, chunks: chunks)
    try verification.checkComplete()
    let header = layout.encodedHeader()
    try header.withUnsafeBytes { try partial.file.write($0, at: 0) }
    try partial.synchronize()
    try verification.checkContents()
    try partial.publish()
    state.withLock { $0.isOpen = false }
  }

  /// Gives up and removes the partial file. Does nothing after `finish` or a second time.
  package func abandon() {
    let wasOpen = state.withLock { state in
      defer { state.isOpen = false }
      return state.isOpen
    }
    if wasOpen { partial.remove() }
  }
}
