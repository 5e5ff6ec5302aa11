import KernelsC

/// A codebook of pairs of weights, both on one grid.
struct PairCodebook: Sendable {
  /// The values of every entry.
  let first: [Float]
  let second: [Float]
  /// The values of a single weight.
  let grid: Grid
  private let kernelTable: ConstantTable<rk_pairs>

  /// - Parameters:
  ///   - first: 32 values.
  ///   - second: as many.
  init(first: [Float], second: [Float], grid: Grid) {
    precondition(first.count == Int(RK_PAIRS) && second.count == first.count)
    self.first = first
    self.second = second
    self.grid = grid
    var pairs = rk_pairs()
    fill(&pairs.first, with: first)
    fill(&pairs.second, with: second)
    kernelTable = ConstantTable([pairs])
  }

  /// The entries as kernels take them.
  var table: UnsafePointer<rk_pairs> { kernelTable.start }

  /// `iq2kl_values`, a published constant of the format (ik_llama.cpp, `ggml-common.h`).
  static let iq2kl = PairCodebook(
    first: [
      -63, -63, -40, -40, -40, -40, -23, -23, -23, -23, -23, -10, -10, -10, -10, 1,
      1, 1, 1, 1, 13, 13, 13, 13, 13, 28, 28, 28, 28, 28, 47, 47,
    ],
    second: [
      -23, 13, -63, -10, 13, 47, -40, -23, 1, 13, 28, -63, 1, 13, 47, -23,
      -10, 1, 13, 28, -40, -23, -10, 1, 13, -63, -23, 1, 28, 47, -23, 13,
    ], grid: .iq3nl)
}
