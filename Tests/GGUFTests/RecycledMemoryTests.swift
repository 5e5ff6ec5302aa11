import GGUF
import Testing

@Suite struct RecycledMemoryTests {
  @Test("a large buffer that is done leaves its memory to the next of its size, and to no other")
  func reuse() {
    // A size of which nothing else here has buffers.
    let count = 37 << 20
    var first: AlignedBuffer<UInt8>? = AlignedBuffer(recycling: count)
    let address = first?.start
    first = nil
    let larger = AlignedBuffer<UInt8>(recycling: count + (2 << 20))
    let next = AlignedBuffer<UInt8>(recycling: count - 1)
    let another = AlignedBuffer<UInt8>(recycling: count)
    #expect(next.start == address)
    #expect(larger.start != address && another.start != address)
    for (value, buffer) in [larger, next, another].enumerated() {
      buffer.values.update(repeating: UInt8(value))
    }
    for (value, buffer) in [larger, next, another].enumerated() {
      #expect(buffer.values.allSatisfy { $0 == UInt8(value) })
    }
  }

  @Test("small and empty buffers, and those too large to wait, hold what is written")
  func sizes() {
    for count in [0, 1, 100, 4 << 20, 300 << 20] {
      for _ in 0..<2 {
        let buffer = AlignedBuffer<UInt8>(recycling: count)
        #expect(buffer.values.count == count && UInt(bitPattern: buffer.start) % 64 == 0)
        guard count > 0 else { continue }
        buffer[0] = 5
        buffer[count - 1] = 6
        #expect(buffer[count - 1] == 6 && (count == 1 || buffer[0] == 5))
      }
    }
  }
}
