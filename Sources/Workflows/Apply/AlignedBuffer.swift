/// Memory for values of a trivial type, freed with its last reference. Contents begin undefined.
final class AlignedBuffer<Value: BitwiseCopyable> {
  let values: UnsafeMutableBufferPointer<Value>

  init(count: Int) {
    // A cache line, so that no vector load straddles two.
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(count * MemoryLayout<Value>.stride, 1), alignment: 64)
    values = UnsafeMutableBufferPointer(
      start: raw.bindMemory(to: Value.self, capacity: count), count: count)
  }

  deinit { UnsafeMutableRawPointer(values.baseAddress!).deallocate() }

  /// The first bytes of the memory.
  func bytes(_ count: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(values)[..<count])
  }

  /// The first values.
  func prefix(_ count: Int) -> UnsafeMutableBufferPointer<Value> {
    UnsafeMutableBufferPointer(rebasing: values[..<count])
  }
}
