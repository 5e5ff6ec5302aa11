import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Large blocks of memory that are used again.
///
/// A network's matrices come and go in every layer, the same sizes over and over, and fresh memory costs the system an
/// interruption a page and the clearing of it: a tenth of a calibration's time. So blocks that are freed wait for the
/// next matrix of their size, and those that are taken anew ask for large pages.
@usableFromInline
enum RecycledMemory {
  /// Blocks are whole large pages of x86-64.
  private static let page = 2 << 20
  /// What may wait, in bytes: the matrices of a layer of a small model. Those that have waited longest go first.
  private static let limit = 256 << 20

  private struct Block {
    let address: UInt
    let bytes: Int
  }

  private static let waiting = Mutex<[Block]>([])

  /// The size of the block for some bytes; nil where they are too few to wait.
  private static func blockSize(_ bytes: Int) -> Int? {
    bytes < 2 * page ? nil : (bytes + page - 1) / page * page
  }

  /// Memory for some bytes, of undefined contents.
  @usableFromInline
  static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    guard let size = blockSize(bytes) else { return .allocate(byteCount: bytes, alignment: 64) }
    let block = waiting.withLock { blocks in
      blocks.lastIndex { $0.bytes == size }.map { blocks.remove(at: $0) }
    }
    if let block, let memory = UnsafeMutableRawPointer(bitPattern: block.address) { return memory }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: page)
    #if os(Linux)
      madvise(memory, size, MADV_HUGEPAGE)
    #endif
    return memory
  }

  /// Takes memory back that `allocate` gave for some bytes.
  @usableFromInline
  static func free(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
    guard let size = blockSize(bytes), size <= limit else { return memory.deallocate() }
    let surplus = waiting.withLock { blocks in
      blocks.append(Block(address: UInt(bitPattern: memory), bytes: size))
      var total = blocks.reduce(0) { $0 + $1.bytes }
      var count = 0
      while total > limit {
        total -= blocks[count].bytes
        count += 1
      }
      defer { blocks.removeFirst(count) }
      return Array(blocks.prefix(count))
    }
    for block in surplus { UnsafeMutableRawPointer(bitPattern: block.address)?.deallocate() }
  }
}
