import KernelsC

/// A non-linear grid of ascending values, and the distance by which a block may move all of them.
struct Grid: Sendable {
  /// The grid as kernels take it: one element.
  private let kernelTable: ConstantTable<rk_grid>
  /// What a block that chooses the shifted grid adds to every value.
  let shift: Float

  /// The grid, then its shifted copy, as decoders look them up.
  private let both: ConstantTable<Float>

  /// - Parameters:
  ///   - values: 4, 8, 16, 32 or 64 values, ascending.
  ///   - shift: what a block that chooses the shifted grid adds to every value.
  init(_ values: [Float], shift: Float = 0) {
    precondition([4, 8, 16, 32, 64].contains(values.count), "a grid of another size")
    var grid = rk_grid()
    grid.size = Int32(values.count)
    fill(&grid.values, with: values)
    fill(&grid.midpoints, with: zip(values, values.dropFirst()).map { ($0 + $1) / 2 })
    kernelTable = ConstantTable([grid])
    both = ConstantTable(values + values.map { $0 + shift })
    self.shift = shift
  }

  /// The grid as kernels take it.
  var table: UnsafePointer<rk_grid> { kernelTable.start }

  var size: Int { Int(table.pointee.size) }

  /// The largest magnitude in the unshifted grid.
  var extreme: Float { max(-value(0), value(size - 1)) }

  /// The values of the unshifted grid.
  var unshifted: [Float] { (0..<size).map { value($0) } }

  /// The value of a code in the unshifted grid.
  @inline(__always)
  func value(_ code: Int) -> Float { both[code] }

  /// The value of every code, in the grid or its shifted copy.
  @inline(__always)
  func values(shifted: Bool) -> UnsafePointer<Float> {
    // Without a branch: which it is cannot be predicted.
    both.start + size * (shifted ? 1 : 0)
  }
}

/// Fills an array of floats in a C structure; what lacks becomes infinite.
func fill<Room>(_ room: inout Room, with values: [Float]) {
  withUnsafeMutableBytes(of: &room) { bytes in
    let room = bytes.bindMemory(to: Float.self)
    for k in room.indices { room[k] = k < values.count ? values[k] : .infinity }
  }
}
