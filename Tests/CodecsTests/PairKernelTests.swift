import Codecs
import KernelsC
import Testing
import TestSupport

/// The search among pairs finds the optimum, the same at every level.
@Suite struct PairKernelTests {
  @Test func pairsAreOptimalAtEveryLevel() throws {
    var random = SeededGenerator(seed: 3)
    let entries = (0..<64).map { _ in Float.random(in: -63...47, using: &random).rounded() }
    var pairs = rk_pairs()
    withUnsafeMutableBytes(of: &pairs) { bytes in
      entries.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
    for seed: UInt64 in 0..<10 {
      let block = KernelBlock(seed, count: 32, extreme: 63)
      let optima = block.scales.map {
        ReferenceKernels.pairError(block.x, block.w, entries, scale: Double($0))
      }
      let least = try #require(optima.min())
      let first = try kernels("base").pair_choice(block.x, block.w, 32, &pairs, block.scales)
      for level in Kernels.levels {
        let kernels = try kernels(level)
        let choice = kernels.pair_choice(block.x, block.w, 32, &pairs, block.scales)
        #expect(choice.lane == first.lane)
        #expect(choice.error == first.error)
        #expect(abs(Double(choice.error) - least) <= 1e-4 * least)
        #expect(optima[Int(choice.lane)] <= least * (1 + 1e-5))
        for lane in 0..<16 {
          var codes = [UInt8](repeating: 0, count: 32)
          kernels.pair_codes(block.x, block.w, 32, &pairs, block.scales[lane], &codes)
          let error = (0..<32).reduce(0.0) {
            let value = Double(block.scales[lane]) * Double(entries[Int(codes[$1])])
            let difference = Double(block.x[$1]) - value
            return $0 + Double(block.w[$1]) * difference * difference
          }
          #expect(error <= optima[lane] * (1 + 1e-5))
          #expect((0..<16).allSatisfy { codes[2 * $0 + 1] == codes[2 * $0] + 32 })
        }
      }
    }
  }
}

extension ReferenceKernels {
  /// The least error over all entries for each pair; `entries` are 32 first values, 32 second.
  static func pairError(_ x: [Float], _ w: [Float], _ entries: [Float], scale: Double) -> Double {
    stride(from: 0, to: x.count, by: 2).reduce(0.0) { sum, j in
      sum
        + (0..<32).map { entry in
          let p = Double(x[j]) - scale * Double(entries[entry])
          let q = Double(x[j + 1]) - scale * Double(entries[32 + entry])
          return Double(w[j]) * p * p + Double(w[j + 1]) * q * q
        }.reduce(.infinity, min)
    }
  }
}
