import GGUF

/// An array whose elements different threads may set at the same time, each its own.
final class Slots<Value: BitwiseCopyable & Sendable>: @unchecked Sendable {
  // Unchecked: the contract above.
  private let memory: AlignedBuffer<Value>

  init(repeating value: Value, count: Int) {
    memory = AlignedBuffer(repeating: value, count: count)
  }

  subscript(index: Int) -> Value {
    get { memory[index] }
    set { memory[index] = newValue }
  }

  /// All values, once the threads are done.
  var values: [Value] { Array(memory.values) }
}
