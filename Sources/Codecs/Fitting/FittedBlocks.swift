/// Blocks as a fit leaves them, ready to be packed: weight = scale × level × (value(code) + shift).
struct FittedBlocks {
  /// The shared scale, of the normalised row, exactly as it is stored.
  var scale: Float = 0
  /// One per block.
  var levels: UnsafeMutablePointer<Int16>
  /// 1 for a block that uses the shifted grid, else 0.
  var shifted: UnsafeMutablePointer<UInt8>
  /// One per weight.
  var codes: UnsafeMutablePointer<UInt8>

  init(blocks: Int, blockSize: Int) {
    levels = .allocate(capacity: blocks)
    shifted = .allocate(capacity: blocks)
    codes = .allocate(capacity: blocks * blockSize)
  }

  func deallocate() {
    levels.deallocate()
    shifted.deallocate()
    codes.deallocate()
  }

  /// The blocks from number `index` on, of `size` weights each.
  func dropFirst(_ index: Int, blockSize size: Int) -> FittedBlocks {
    var rest = self
    rest.levels += index
    rest.shifted += index
    rest.codes += index * size
    return rest
  }
}
