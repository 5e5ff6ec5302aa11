/// Values that are written once and live as long as the process, at an address that kernels take.
struct ConstantTable<Value: BitwiseCopyable>: @unchecked Sendable {
  // Unchecked: nobody writes after `init`, and nobody frees.

  /// The address of the first value.
  let start: UnsafePointer<Value>

  init(_ values: some Collection<Value>) {
    let memory = UnsafeMutableBufferPointer<Value>.allocate(capacity: max(values.count, 1))
    _ = memory.initialize(from: values)
    start = UnsafePointer(memory.baseAddress!)
  }

  @inline(__always)
  subscript(index: Int) -> Value { start[index] }
}
