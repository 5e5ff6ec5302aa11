import Codecs
import KernelsC
import Testing
import TestSupport

/// A block of weights and sixteen trials to reconstruct it.
struct KernelBlock {
  var x: [Float]
  var w: [Float]
  var scales: [Float]
  var shifts: [Float]

  init(_ seed: UInt64, count: Int, extreme: Float) {
    var random = SeededGenerator(seed: seed)
    x = (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
    w = (0..<count).map { _ in Float.random(in: 0...1, using: &random) }
    scales = (0..<16).map { lane in
      // Zero and subnormal scales must not divide.
      lane == 3 ? 0 : lane == 5 ? 0x1p-133 : Float.random(in: -1.2...1.2, using: &random) / extreme
    }
    shifts = (0..<16).map { $0 % 2 == 0 ? 0 : 4 }
  }
}

/// Grids as the kernels take them.
enum KernelGrid {
  static let iq4: [Float] = [
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
  ]

  /// Grids of every size that a kernel is made for.
  static let all: [[Float]] = [
    [-31, -13, 1, 17], [-63, -40, -23, -10, 1, 13, 28, 47], iq4,
    (0..<32).map { Float($0 * $0) / 8 - 60 }, (0..<64).map { Float($0) * 4 - 127 },
  ]

  static func table(_ values: [Float]) -> rk_grid {
    var grid = rk_grid()
    grid.size = Int32(values.count)
    func fill(_ field: inout some Any, _ list: [Float]) {
      withUnsafeMutableBytes(of: &field) { bytes in
        let room = bytes.bindMemory(to: Float.self)
        for index in room.indices { room[index] = index < list.count ? list[index] : .infinity }
      }
    }
    fill(&grid.values, values)
    fill(&grid.midpoints, zip(values, values.dropFirst()).map { ($0 + $1) / 2 })
    return grid
  }

  /// The values whose codes have an even or an odd number of set bits.
  static func half(parity: Int) -> rk_grid {
    table((0..<16).filter { $0.nonzeroBitCount % 2 == parity }.map { iq4[$0] })
  }
}

/// The kernels of a level of this machine.
func kernels(_ level: String) throws -> rk_kernels {
  try #require(rk_kernels_named(level)).pointee
}
