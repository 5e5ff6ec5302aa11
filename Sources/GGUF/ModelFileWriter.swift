import Synchronization
package import Threads

/// Writes the GGUF files of one model such that nothing incomplete ever bears their names.
///
/// The data goes to `OUTPUT.partial`, whose full size is reserved before anything is written and whose header comes
/// last. `finish` reads everything back before it gives the files their names. A writer that was suspended, or whose
/// process was killed, leaves what it wrote: the next writer of the same files finds it.
///
/// Tensors are numbered over all files, in order.
package final class ModelFileWriter: Sendable {
  /// What looks at the rows of a tensor as they are in its file: whole groups of them, in order.
  package typealias RowCheck =
    @Sendable (TensorDescriptor, Range<Int>, UnsafeRawBufferPointer) throws -> Void

  /// The tensors of all files; `shard` is the number of the file.
  package let tensors: [TensorDescriptor]
  private let layouts: [FileLayout]
  private let staged: StagedFiles
  private let pause: @Sendable () throws -> Void
  private let state: Mutex<State>

  private struct State {
    var tensors: [TensorState]
    var isOpen = true
  }

  private enum TensorState {
    case inWork(TensorChunks)
    case complete(ContentDigest)
  }

  /// Opens the files.
  ///
  /// - Parameters:
  ///   - layouts: What each file is to hold. The metadata may get other values at the end, of the same size.
  ///   - reservation: The output, with a name for each file.
  ///   - pause: Called between the pieces of long reads; what it throws ends them.
  /// - Throws: `ConflictError` where an output must not be written, `FileError` where it cannot
  ///   be, for want of space among others.
  package init(
    _ layouts: [FileLayout], to reservation: Reservation,
    pause: @escaping @Sendable () throws -> Void = {}
  ) throws {
    precondition(layouts.count == reservation.outputs.count, "a name for each file")
    self.layouts = layouts
    self.pause = pause
    tensors = layouts.enumerated().flatMap { number, layout in
      layout.tensors.map { tensor in
        var tensor = tensor
        tensor.shard = number
        return tensor
      }
    }
    staged = try StagedFiles(reservation, key: Self.key(of: layouts))
    state = Mutex(
      State(tensors: tensors.map { .inWork(TensorChunks(byteCount: $0.byteCount)) }))
    do {
      for (file, layout) in zip(staged.files, layouts) {
        try file.reserve(bytes: layout.fileBytes)
      }
    } catch {
      if staged.earlier == nil { staged.remove() }
      throw error
    }
  }

  deinit { abandon() }

  /// The digest of all that is decided before anything is written.
  package static func key(of layouts: [FileLayout]) -> ContentDigest {
    var hasher = ContentHasher()
    // Raise the number when what is written of the same layouts changes.
    hasher.add("ration output 1")
    for layout in layouts {
      let header = layout.encodedHeader()
      hasher.add(UInt64(header.count))
      header.withUnsafeBytes { hasher.add($0) }
    }
    return hasher.finish()
  }
}

// MARK: What was left

extension ModelFileWriter {
  /// Whether a run that was ended left something of these files.
  package var isResumed: Bool { staged.earlier != nil }

  /// Whether such a run had written everything, and was about to give the files their names.
  package var wasComplete: Bool { staged.earlier?.seals.isEmpty == false }

  /// What the user should know before the work, in sentences.
  package var notes: [String] {
    let path = staged.files[0].output.escaped
    return [
      staged.note,
      staged.discardsEarlier
        ? "what an earlier run left of \(path) is of another recipe, model or version, and is not used"
        : nil,
    ].compactMap { $0 }
  }

  /// Whether an earlier run says that it finished a tensor.
  package func hasEarlier(_ index: Int) -> Bool { staged.earlier?.tensors[index] != nil }

  /// Keeps what an earlier run wrote of a tensor, if it depends on the same and its bytes are still as they were.
  ///
  /// - Returns: Whether the tensor is complete. If not, it is to be written.
  package func keepEarlier(_ index: Int, origin: ContentDigest) throws -> Bool {
    guard let earlier = staged.earlier?.tensors[index], earlier.origin == origin else {
      return false
    }
    var hasher = ContentHasher()
    try readPieces(of: 0..<tensors[index].byteCount, in: index) { hasher.add($0) }
    guard hasher.finish() == earlier.digest else { return false }
    state.withLock { $0.tensors[index] = .complete(earlier.digest) }
    return true
  }
}

// MARK: Writing

extension ModelFileWriter {
  /// Writes a part of a tensor's data; safe to call from many threads at once, in any order.
  ///
  /// The parts of a tensor must cover it without overlapping. Writing exactly the same part again
  /// replaces it.
  ///
  /// - Parameters:
  ///   - tensor: Its number.
  ///   - byteOffset: From the start of the tensor's data.
  /// - Precondition: The part lies in the tensor's data, the tensor is not complete, and the writer was neither
  ///   finished, suspended nor abandoned.
  package func write(
    _ bytes: UnsafeRawBufferPointer, tensor index: Int, at byteOffset: Int
  ) throws(FileError) {
    let tensor = tensors[index]
    precondition(byteOffset >= 0 && byteOffset <= tensor.byteCount - bytes.count)
    guard !bytes.isEmpty else { return }
    let chunk = TensorChunks.Chunk(count: bytes.count, digest: ContentDigest(of: bytes))
    state.withLock { state in
      precondition(state.isOpen, "the writer was closed")
      guard case .inWork(var chunks) = state.tensors[index] else {
        preconditionFailure("the tensor is complete")
      }
      // Left in place, the chunks would be copied.
      state.tensors[index] = .inWork(TensorChunks(byteCount: 0))
      chunks.record(chunk, at: byteOffset)
      state.tensors[index] = .inWork(chunks)
    }
    try staged.files[tensor.shard].file.write(bytes, at: tensor.offset + byteOffset)
  }

  /// Completes a tensor: reads it back, compares it with what was written, and notes that it is done.
  ///
  /// - Parameters:
  ///   - tensor: Its number.
  ///   - origin: What its bytes depend on. A later run relies on the tensor if that is the same.
  /// - Returns: The SHA-256 of its bytes.
  /// - Throws: `VerificationError` if data is missing or is not what was written, `FileError`.
  @discardableResult
  package func complete(_ index: Int, origin: ContentDigest? = nil) throws -> ContentDigest {
    let tensor = tensors[index]
    let chunks: TensorChunks
    switch state.withLock({ $0.tensors[index] }) {
    case .complete(let digest): return digest
    case .inWork(let written): chunks = written
    }
    if let offset = chunks.firstFault {
      throw error(.incomplete(tensor: tensor.name, at: offset), in: index)
    }
    var whole = ContentHasher()
    for (offset, chunk) in chunks.sorted {
      var part = ContentHasher()
      let range = offset..<offset + chunk.count
      try readPieces(of: range, in: index) { piece in
        part.add(piece)
        whole.add(piece)
      }
      guard part.finish() == chunk.digest else {
        throw error(.changed(tensor: tensor.name, range), in: index)
      }
    }
    let digest = whole.finish()
    if let origin {
      try staged.journal.append(Journal.Tensor(digest: digest, origin: origin), index: index)
    }
    state.withLock { $0.tensors[index] = .complete(digest) }
    return digest
  }

  private func readPieces(
    of range: Range<Int>, in index: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let tensor = tensors[index]
    let bytes = tensor.offset + range.lowerBound..<tensor.offset + range.upperBound
    try staged.files[tensor.shard].file.readPieces(of: bytes) { piece in
      try pause()
      try body(piece)
    }
  }

  private func error(
    _ problem: VerificationError.Problem, in index: Int
  ) -> VerificationError {
    VerificationError(path: staged.files[tensors[index].shard].file.path, problem: problem)
  }
}

// MARK: The end

extension ModelFileWriter {
  /// Completes the files: headers, to the disk, verification, final names, to the disk.
  ///
  /// - Parameters:
  ///   - workers: The threads that read back, a tensor each at a time.
  ///   - metadata: That of the first file, given the SHA-256 of each tensor; nil leaves what its layout has. It must
  ///     take as many bytes as that.
  ///   - check: Shown all rows of all tensors as they were read back; what it throws ends the work.
  /// - Returns: What is uncertain about the files although they are complete, in a sentence; mostly nil.
  /// - Precondition: Every call of `write` has returned.
  /// - Throws: `VerificationError` if data is missing or is not what was written, `FileError` if
  ///   the disk failed, `ConflictError` if a file of such a name has appeared meanwhile. No output
  ///   exists then, or is still the one before, unless the system failed between two names.
  @discardableResult
  package func finish(
    by workers: Workers = Workers(1),
    metadata: ([ContentDigest]) throws -> Metadata? = { _ in nil },
    checking check: @escaping RowCheck = { _, _, _ in }
  ) throws -> String? {
    state.withLock { precondition($0.isOpen, "the writer was closed") }
    let digests = try tensors.indices.map { try complete($0) }
    var layouts = layouts
    if let metadata = try metadata(digests) { layouts[0] = layouts[0].with(metadata) }
    let headers = layouts.map { $0.encodedHeader() }
    for (number, header) in headers.enumerated() {
      let file = staged.files[number].file
      try file.write(Array(header[Mark.length...]), at: Mark.length)
      if isResumed {
        for index in layouts[number].tensors.indices {
          let padding = layouts[number].padding(after: index)
          try file.write([UInt8](repeating: 0, count: padding.count), at: padding.lowerBound)
        }
      }
      try staged.files[number].synchronize()
    }
    let files = verifications(layouts, digests)
    let items = files.flatMap { file in file.layout.tensors.indices.map { (file, $0) } }
    let (tensors, pause) = (tensors, pause)
    try workers.forEach(items.count) { item in
      try items[item].0.checkTensor(items[item].1) { rows, bytes in
        try pause()
        try check(tensors[item], rows, bytes)
      }
    }
    let uncertainty = try staged.publish(headers) { for file in files { try file.checkHeader() } }
    state.withLock { $0.isOpen = false }
    return uncertainty
  }

  private func verifications(
    _ layouts: [FileLayout], _ digests: [ContentDigest]
  ) -> [Verification] {
    var rest = digests[...]
    return zip(staged.files, layouts).map { file, layout in
      defer { rest = rest.dropFirst(layout.tensors.count) }
      return Verification(
        file: file.file, layout: layout, digests: Array(rest.prefix(layout.tensors.count)))
    }
  }

  /// Gives up for now. What is written stays for a later run. Does nothing after the writer was closed.
  package func suspend() { close { staged.suspend() } }

  /// Gives up and removes what was written. Does nothing after the writer was closed.
  package func abandon() { close { staged.remove() } }

  private func close(_ action: () -> Void) {
    let wasOpen = state.withLock { state in
      defer { state.isOpen = false }
      return state.isOpen
    }
    if wasOpen { action() }
  }
}
