import GGUF
import Synchronization

/// What work on a tensor needs beside its weights, kept for the tensors that were asked for last, so that
/// memory does not grow with the model. Threads that take a model's tensors in order share it.
final class RecentTensors<Value: Sendable>: Sendable {
  private let capacity: Int
  private let make: @Sendable (TensorDescriptor) throws -> Value
  /// The last one asked for comes last.
  private let kept = Mutex<[(name: String, value: Value)]>([])

  /// - Parameters:
  ///   - capacity: for how many tensors values are kept: one for each thread, and one more, keeps any from
  ///     being made twice.
  ///   - make: makes the value of a tensor.
  init(capacity: Int, make: @escaping @Sendable (TensorDescriptor) throws -> Value) {
    self.capacity = capacity
    self.make = make
  }

  /// The value of a tensor, made where it is not kept.
  func value(of tensor: TensorDescriptor) throws -> Value {
    try kept.withLock { kept in
      if let place = kept.firstIndex(where: { $0.name == tensor.name }) {
        kept.append(kept.remove(at: place))
      } else {
        if kept.count == capacity { kept.removeFirst() }
        kept.append((tensor.name, try make(tensor)))
      }
      return kept[kept.count - 1].value
    }
  }
}
