package import GGUF
import LinearAlgebra
import Synchronization
package import Threads

/// What a model predicts of a text, kept in a file from run to run: at each token whose prediction is compared, the
/// distribution of the next one in sixteen bits for each token of the vocabulary (see `PredictionCode`), and exactly,
/// how likely the token is that follows, and which the likeliest is.
///
/// Every row has a checksum, and every chunk the digest of its tokens. What does not hold is written anew, in its place.
/// Nothing is believed that was not written whole, and no file is touched that is not of the same model and text.
package final class PredictionFile: Sendable {
  private let file: KeptFile
  private let layout: Layout
  private let digests: [ContentDigest]
  private let workers: Workers
  private let check: @Sendable () throws -> Void
  private let unwritten: Mutex<Set<Int>>
  /// How many chunks were there, and damaged.
  package let damaged: Int
  /// Bytes of the file when it is complete.
  package let bytes: Int

  /// Opens what is kept of a model over a text.
  ///
  /// - Parameters:
  ///   - model: the digest of all that predictions depend on beside the text.
  ///   - vocabulary: the tokens that the model knows.
  ///   - chunks: the tokens of each, all of one length. The file may have fewer or more.
  ///   - check: called before a chunk counts as written, and while the file is read; what it throws ends the work.
  /// - Throws: `ConflictError` for another program's file, or where another process writes; `OtherPredictions` for
  ///   those of another model or text; `UnusablePredictions` where the header is damaged; `FileError`. The file is as
  ///   it was then.
  package init(
    _ file: KeptFile, of model: ContentDigest, vocabulary: Int, chunks: [[Int32]],
    on workers: Workers, check: @escaping @Sendable () throws -> Void
  ) throws {
    let layout = Layout(vocabulary: vocabulary, context: chunks[0].count)
    guard let bytes = layout.fileBytes(chunks: chunks.count) else {
      throw FileError("reserve space for", file.path, .noSpace(needed: .max, available: 0))
    }
    let digests = chunks.map(\.digest)
    func state() throws -> State {
      try State(of: file, layout, model, context: chunks[0].count, digests)
    }
    var found = try state()
    if found.isIncomplete {
      try file.beginWriting()
      // Another process may have written meanwhile.
      found = try state()
    }
    let damaged = try found.damagedChunks(in: file, layout, on: workers, check)
    if !damaged.isEmpty { try file.beginWriting() }

    self.file = file
    self.layout = layout
    self.digests = digests
    self.workers = workers
    self.check = check
    self.bytes = bytes
    unwritten = Mutex(Set(found.empty + damaged))
    self.damaged = damaged.count
    guard !missing.isEmpty else { return }
    do {
      // The header comes first, so that what has no header is never ours.
      if found.isNew {
        try Self.header(layout, model, context: chunks[0].count)
          .withUnsafeBytes { try file.write($0, at: 0) }
      }
      try file.reserve(bytes: bytes)
    } catch {
      if found.isNew { try? file.clear() }
      throw error
    }
  }

  /// The chunks that are still to be written, in order.
  package var missing: [Int] { unwritten.withLock { $0.sorted() } }

  /// The path of the file.
  package var path: String { file.path }

  /// What is kept of a token.
  struct Row: Sendable {
    /// −ln p of the token that follows.
    let surprise: Double
    /// The token that the model holds for the likeliest.
    let top: Int
    /// The one that its draft head does, in models that have one.
    let draft: Int?
  }

  /// Reads the predictions of a chunk at some of its tokens that are compared, counted from the first of these.
  ///
  /// - Parameter logits: room for them.
  /// - Throws: `FileError` where they are not what was written.
  func read(_ rows: Range<Int>, ofChunk chunk: Int, into logits: Matrix) throws -> [Row] {
    let found = Mutex([Row?](repeating: nil, count: rows.count))
    try workers.forEach(rows.count, makeState: { AlignedBuffer<UInt8>(count: layout.rowBytes) }) {
      buffer, index in
      let bytes = buffer.bytes(layout.rowBytes)
      try file.read(
        at: layout.offset(ofRow: rows.lowerBound + index, inChunk: chunk), into: bytes)
      guard let row = Row(UnsafeRawBufferPointer(bytes)) else {
        throw FileError("rely on", file.path, .changed)
      }
      PredictionCode.decode(bytes.baseAddress! + Layout.figuresBytes, to: logits.row(index))
      found.withLock { $0[index] = row }
    }
    return found.withLock { $0.compactMap(\.self) }
  }

  /// Writes the predictions of a chunk at some of its tokens that are compared, counted from the first of these.
  ///
  /// - Parameters:
  ///   - logits: what the model computes, finite numbers.
  ///   - sequence: the tokens of the chunk.
  ///   - drafts: what the draft holds for the likeliest at each of the chunk's tokens that are compared, if it has one.
  func write(
    _ logits: Matrix, at rows: Range<Int>, ofChunk chunk: Int, _ sequence: [Int32],
    drafts: [Int32]?
  ) throws {
    try workers.forEach(rows.count, makeState: { AlignedBuffer<UInt8>(count: layout.rowBytes) }) {
      buffer, index in
      let (bytes, row) = (buffer.bytes(layout.rowBytes), rows.lowerBound + index)
      let next = Int(sequence[layout.positions.lowerBound + row + 1])
      let (surprise, top) = TokenDivergence.prediction(of: logits.row(index), next: next)
      guard surprise.isFinite else { throw NonFinitePrediction() }
      Row(surprise: surprise, top: top, draft: (drafts?[row]).map(Int.init)).encode(to: bytes)
      PredictionCode.encode(
        logits.row(index), top: top, to: bytes.baseAddress! + Layout.figuresBytes)
      bytes.seal()
      try file.write(
        UnsafeRawBufferPointer(bytes), at: layout.offset(ofRow: row, inChunk: chunk))
    }
  }

  /// Says that all rows of a chunk are written.
  func finish(chunk: Int) throws {
    try check()
    try Self.sealed(digests[chunk].bytes)
      .withUnsafeBytes { try file.write($0, at: layout.offset(ofChunk: chunk)) }
    _ = unwritten.withLock { $0.remove(chunk) }
  }

  /// Brings what was written to the disk.
  func synchronize() throws { try file.synchronize() }

  /// Logits of a row were no finite numbers.
  struct NonFinitePrediction: ClassifiedError {
    var kind: ErrorKind { .nonFinite }
    var description: String { "a prediction is not finite" }
  }
}

extension PredictionFile {
  fileprivate static func header(
    _ layout: Layout, _ model: ContentDigest, context: Int
  ) -> [UInt8] {
    var bytes = Layout.mark
    bytes.append(littleEndian: UInt64(layout.vocabulary))
    bytes.append(littleEndian: UInt64(context))
    return sealed(bytes + model.bytes)
  }

  fileprivate static func sealed(_ payload: [UInt8]) -> [UInt8] {
    var bytes = payload + [UInt8](repeating: 0, count: Layout.checksumBytes)
    bytes.withUnsafeMutableBytes { $0.seal() }
    return bytes
  }
}

/// What a file was found to have.
private struct State {
  /// Whether nothing is in it yet.
  let isNew: Bool
  /// The chunks that are not written.
  private(set) var empty: [Int] = []
  /// Those that say that they are.
  private var written: [Int] = []

  var isIncomplete: Bool { isNew || !empty.isEmpty }

  init(
    of file: KeptFile, _ layout: PredictionFile.Layout, _ model: ContentDigest, context: Int,
    _ digests: [ContentDigest]
  ) throws {
    let size = try file.size
    let header = try file.bytes(at: 0, count: min(size, PredictionFile.Layout.headerBytes))
    let mark = PredictionFile.Layout.mark
    guard header.starts(with: mark) || mark.starts(with: header) else {
      throw ConflictError.stranger(file.path, .predictions)
    }
    // A run that was ended may have written a part of the header.
    isNew = size < PredictionFile.Layout.headerBytes
    guard !isNew else {
      empty = Array(digests.indices)
      return
    }
    let expected = PredictionFile.header(layout, model, context: context)
    if header != expected {
      guard header.withUnsafeBytes(\.isSealed) else { throw UnusablePredictions(path: file.path) }
      throw OtherPredictions(
        path: file.path,
        header[32..<40] == expected[32..<40] ? .model : .context(header.number(at: 32)))
    }
    for (chunk, digest) in digests.enumerated() {
      let offset = layout.offset(ofChunk: chunk)
      guard offset + layout.chunkBytes <= size else {
        empty.append(chunk)
        continue
      }
      let head = try file.bytes(at: offset, count: PredictionFile.Layout.headBytes)
      guard head.withUnsafeBytes(\.isSealed) else {
        empty.append(chunk)
        continue
      }
      guard head.starts(with: digest.bytes) else {
        throw OtherPredictions(path: file.path, .text(chunk: chunk + 1))
      }
      written.append(chunk)
    }
  }

  /// Those of the chunks that say that they are written of which a row is not what was written.
  func damagedChunks(
    in file: KeptFile, _ layout: PredictionFile.Layout, on workers: Workers,
    _ check: @Sendable () throws -> Void
  ) throws -> [Int] {
    try written.filter { chunk in
      try check()
      let isWhole = Mutex(true)
      try workers.forEach(
        layout.positions.count, makeState: { AlignedBuffer<UInt8>(count: layout.rowBytes) }
      ) { buffer, row in
        let bytes = buffer.bytes(layout.rowBytes)
        try file.read(at: layout.offset(ofRow: row, inChunk: chunk), into: bytes)
        if PredictionFile.Row(UnsafeRawBufferPointer(bytes)) == nil {
          isWhole.withLock { $0 = false }
        }
      }
      return !isWhole.withLock { $0 }
    }
  }
}

extension PredictionFile.Row {
  /// The figures in front of a row's codes; nil where the row is not what was written.
  fileprivate init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.isSealed else { return nil }
    surprise = Double(
      bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)))
    guard surprise.isFinite else { return nil }
    top = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
    let draft = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
    self.draft = draft == PredictionFile.Layout.noDraft ? nil : Int(draft)
  }

  fileprivate func encode(to bytes: UnsafeMutableRawBufferPointer) {
    bytes.storeBytes(of: surprise.bitPattern.littleEndian, toByteOffset: 0, as: UInt64.self)
    bytes.storeBytes(of: UInt32(top).littleEndian, toByteOffset: 8, as: UInt32.self)
    let draft = draft.map(UInt32.init) ?? PredictionFile.Layout.noDraft
    bytes.storeBytes(of: draft.littleEndian, toByteOffset: 12, as: UInt32.self)
  }
}

extension [Int32] {
  /// A digest of these tokens.
  fileprivate var digest: ContentDigest {
    var hasher = ContentHasher()
    for token in self { hasher.add(UInt64(UInt32(bitPattern: token))) }
    return hasher.finish()
  }
}

extension [UInt8] {
  fileprivate mutating func append(littleEndian value: UInt64) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  fileprivate func number(at offset: Int) -> UInt64 {
    withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
  }
}
