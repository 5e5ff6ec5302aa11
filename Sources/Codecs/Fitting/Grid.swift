import KernelsC

/// A non-linear grid of ascending values, and the distance by which a block may move all of them.
struct Grid: @unchecked Sendable {
  // Unchecked: the tables are written once, here, and never freed.
  let table: UnsafePointer<rk_grid>
  /// What a block that chooses the shifted grid adds to every value.
  let shift: Float

  /// The grid, then its shifted copy, as decoders look them up.
  private let both: UnsafePointer<Float>

  /// - Parameters:
  ///   - values: 4, 8, 16, 32 or 64 values, ascending.
  ///   - shift: what a block that chooses the shifted grid adds to every value.
  init(_ values: [Float], shift: Float = 0) {
    precondition([4, 8, 16, 32, 64].contains(values.count), "a grid of another size")
    let midpoints = zip(values, values.dropFirst()).map { ($0 + $1) / 2 }
    let table = UnsafeMutablePointer<rk_grid>.allocate(capacity: 1)
    table.initialize(to: rk_grid())
    table.pointee.size = Int32(values.count)
    func fill(_ field: UnsafeMutableRawPointer, with list: [Float]) {
      let room = Int(RK_GRID_MAX)
      (list + [Float](repeating: .infinity, count: room - list.count))
        .withUnsafeBytes { field.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    }
    fill(&table.pointee.values, with: values)
    fill(&table.pointee.midpoints, with: midpoints)
    self.table = UnsafePointer(table)
    self.shift = shift
    let both = UnsafeMutablePointer<Float>.allocate(capacity: 2 * values.count)
    for (code, value) in values.enumerated() {
      both[code] = value
      both[values.count + code] = value + shift
    }
    self.both = UnsafePointer(both)
  }

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
    both + size * (shifted ? 1 : 0)
  }
}
