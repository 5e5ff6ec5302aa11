/// Blocks of 32 weights as `TrellisFit` leaves them: weight = scale × level × value.
struct FittedTrellis {
  /// The shared scale, of the normalised row.
  var scale: Float = 0
  /// The number of each block's level.
  var levels: UnsafeMutablePointer<UInt8>
  /// The number of each block's codebook.
  var books: UnsafeMutablePointer<UInt8>
  /// One per group.
  var seeds: UnsafeMutablePointer<UInt16>
  /// Bit j is set where weight j of a block is negative, for types that store magnitudes.
  var signs: UnsafeMutablePointer<UInt32>

  init(blocks: Int, group: Int) {
    levels = .allocate(capacity: blocks)
    books = .allocate(capacity: blocks)
    seeds = .allocate(capacity: blocks * 32 / group)
    signs = .allocate(capacity: blocks)
    levels.initialize(repeating: 0, count: blocks)
    books.initialize(repeating: 0, count: blocks)
    seeds.initialize(repeating: 0, count: blocks * 32 / group)
    signs.initialize(repeating: 0, count: blocks)
  }

  func deallocate() {
    levels.deallocate()
    books.deallocate()
    seeds.deallocate()
    signs.deallocate()
  }

  /// The blocks from number `index` on.
  func dropFirst(_ index: Int, group: Int) -> FittedTrellis {
    var rest = self
    rest.levels += index
    rest.books += index
    rest.seeds += index * 32 / group
    rest.signs += index
    return rest
  }
}
