import GGUF
import Synchronization

/// A pass over the data of a model's tensors: several tensors at a time, each from its first byte to its last.
struct TensorPass {
  let model: ModelFile
  let session: Session

  /// Calls `body` once for each tensor, given its number, and returns what it makes of them, in order.
  ///
  /// - Parameters:
  ///   - activity: what is being done, for the progress; nil for moments of which nothing is shown.
  ///   - body: reads the tensor with the reader of its thread.
  func run<Result: Sendable>(
    _ activity: String?, over tensors: [TensorDescriptor],
    _ body: @Sendable (inout TensorReader, Int) throws -> Result
  ) throws -> [Result] {
    let progress: any Progress = activity == nil ? NoProgress() : session.progress
    progress.begin(
      activity ?? "", total: tensors.reduce(0) { $0 + $1.elements }, of: .weights)
    defer { progress.end() }
    // The largest first, so that no thread is left with one at the end.
    let order = tensors.indices.sorted {
      (tensors[$1].byteCount, $0) < (tensors[$0].byteCount, $1)
    }
    let results = Mutex<[Int: Result]>([:])
    let (model, interruption) = (model, session.interruption)
    try session.forEach(
      order.count, makeState: { TensorReader(model, interruption, progress) }
    ) { reader, place in
      let result = try body(&reader, order[place])
      results.withLock { $0[order[place]] = result }
    }
    return results.withLock { results in tensors.indices.map { results[$0]! } }
  }
}

/// Reads tensors of a model from end to end, one thread's worth. Its memory does not grow with the tensor.
struct TensorReader {
  private let model: ModelFile
  private let interruption: Interruption
  private let progress: any Progress
  private var buffer = AlignedBuffer<UInt8>(count: 0)

  /// Bytes that are read at a time, about.
  private static let step = 1 << 20

  init(_ model: ModelFile, _ interruption: Interruption, _ progress: any Progress) {
    self.model = model
    self.interruption = interruption
    self.progress = progress
  }

  /// Consecutive parts of a tensor's data, see `TensorDescriptor.part`.
  struct Stretch {
    /// The number of the first weight, counted row after row.
    let firstWeight: Int
    /// Where the bytes lie in the tensor's data.
    let range: Range<Int>
    /// Valid until the next stretch.
    let bytes: UnsafeRawBufferPointer
  }

  /// Reads a tensor, stretch by stretch, and hears an interruption between them.
  mutating func forEachStretch(
    of tensor: TensorDescriptor, _ body: (Stretch) throws -> Void
  ) throws {
    let part = tensor.part
    let size = min(max(1, Self.step / part.bytes) * part.bytes, tensor.byteCount)
    if buffer.values.count < size { buffer = AlignedBuffer(count: size) }
    for start in stride(from: 0, to: tensor.byteCount, by: size) {
      try interruption.check()
      let range = start..<min(start + size, tensor.byteCount)
      let bytes = buffer.bytes(range.count)
      try model.read(tensor, byteRange: range, into: bytes)
      try body(
        Stretch(
          firstWeight: start / part.bytes * part.weights, range: range,
          bytes: UnsafeRawBufferPointer(bytes)))
      progress.advance(by: range.count / part.bytes * part.weights)
    }
  }
}
