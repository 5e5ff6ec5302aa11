/// A grid of 16 values under IQ4_KSS's constraint: the bits of the codes of weights 2k, 2k + 1,
/// 2k + 16 and 2k + 17 have even parity. It applies to blocks of 32.
struct ParityGrid: Sendable {
  let grid: Grid
  /// The values whose codes have an even number of set bits.
  let even: Grid
  /// The others. Of the codes 2r and 2r + 1 one belongs here, so ranks are codes ÷ 2.
  let odd: Grid

  init(_ grid: Grid) {
    self.grid = grid
    func values(parity: Int) -> [Float] {
      (0..<16).filter { $0.nonzeroBitCount % 2 == parity }.map { grid.value($0) }
    }
    even = Grid(values(parity: 0))
    odd = Grid(values(parity: 1))
  }

  static let iq4k = ParityGrid(.iq4k)
}
