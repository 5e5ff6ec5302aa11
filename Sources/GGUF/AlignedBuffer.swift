/// Memory for values of a trivial type, freed with its last reference. Contents begin undefined.
///
/// The package's one owner of raw memory: scratch of encoders, rows of files, matrices of networks. Threads may
/// write different elements at the same time; the class is Sendable only where its user says so.
///
/// Public, unlike the rest of the package: only then does the compiler specialise and inline it in other modules.
public final class AlignedBuffer<Value: BitwiseCopyable> {
  /// All values.
  public let values: UnsafeMutableBufferPointer<Value>

  /// Whether the memory waits for the next buffer of its size when this one is done.
  @usableFromInline let isRecycled: Bool

  /// Memory for `count` values, which may be none.
  @inlinable
  public init(count: Int) {
    isRecycled = false
    // A cache line, so that no vector load straddles two.
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(count * MemoryLayout<Value>.stride, 1), alignment: 64)
    values = UnsafeMutableBufferPointer(
      start: raw.bindMemory(to: Value.self, capacity: count), count: count)
  }

  /// Memory for `count` values of which there will soon be as many again, such as a layer's matrices.
  @inlinable
  public init(recycling count: Int) {
    isRecycled = true
    let raw = RecycledMemory.allocate(max(count * MemoryLayout<Value>.stride, 1))
    values = UnsafeMutableBufferPointer(
      start: raw.bindMemory(to: Value.self, capacity: count), count: count)
  }

  /// Memory for `count` values that begin as `value`.
  @inlinable
  public convenience init(repeating value: Value, count: Int) {
    self.init(count: count)
    values.initialize(repeating: value)
  }

  deinit {
    let raw = UnsafeMutableRawPointer(values.baseAddress!)
    if isRecycled {
      RecycledMemory.free(raw, max(values.count * MemoryLayout<Value>.stride, 1))
    } else {
      raw.deallocate()
    }
  }

  /// The address of the first value; valid as long as the buffer lives.
  @inlinable
  public var start: UnsafeMutablePointer<Value> { values.baseAddress! }

  /// One value. Indices are checked in debug builds alone.
  @inlinable
  public subscript(index: Int) -> Value {
    get { values[index] }
    set { values[index] = newValue }
  }

  /// The first bytes of the memory.
  @inlinable
  public func bytes(_ count: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(values)[..<count])
  }

  /// The first values.
  @inlinable
  public func prefix(_ count: Int) -> UnsafeMutableBufferPointer<Value> {
    UnsafeMutableBufferPointer(rebasing: values[..<count])
  }
}
