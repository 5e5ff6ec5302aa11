import Codecs
import Foundation
import KernelsC
import TestSupport
import Testing

/// The kernels that compare the logits of two models.
@Suite struct LogitKernelTests {
  @Test("the greatest value is found, the first of equal ones", arguments: Kernels.levels)
  func top(level: String) throws {
    let kernels = try #require(rk_kernels_named(level)).pointee
    var random = SeededGenerator(seed: 81)
    for length in [1, 7, 8, 16, 31, 100] {
      for place in 0..<length {
        var x = random.signed(length, 3)
        x[place] = 4
        x[length - 1] = 4
        #expect(kernels.top(x, Int32(length)) == Int32(place))
      }
      #expect(kernels.top([Float](repeating: -.infinity, count: length), Int32(length)) == 0)
      #expect(kernels.top([Float](repeating: .nan, count: length), Int32(length)) == 0)
    }
  }

  @Test(
    "sums of exponentials are those of the C library to 1e-14, and the same bits at every level",
    arguments: [1, 7, 8, 31, 1000])
  func sums(length: Int) throws {
    var random = SeededGenerator(seed: 82)
    let x = random.signed(length, 60)
    let y = random.signed(length, 60)
    let (xTop, yTop) = (Double(x.max() ?? 0), Double(y.max() ?? 0))
    var p = 0.0
    var q = 0.0
    var difference = 0.0
    var size = 0.0
    for (a, b) in zip(x, y) {
      let (a, b) = (Double(a) - xTop, Double(b) - yTop)
      p += exp(a)
      q += exp(b)
      difference += exp(a) * (a - b)
      size += exp(a) * abs(a - b)
    }
    var results: Set<[Double]> = []
    for level in Kernels.levels {
      let kernels = try #require(rk_kernels_named(level)).pointee
      let sums = kernels.compare_logits(x, y, Int32(length), xTop, yTop)
      #expect(abs(sums.p - p) < 1e-14 * p)
      #expect(abs(sums.q - q) < 1e-14 * q)
      #expect(abs(sums.difference - difference) <= 1e-14 * size)
      results.insert([sums.p, sums.q, sums.difference])
    }
    #expect(results.count == 1)
  }

  @Test("exponentials of all sizes are off by 1e-15 of themselves", arguments: Kernels.levels)
  func exponentials(level: String) throws {
    let kernels = try #require(rk_kernels_named(level)).pointee
    for step in 0..<2000 {
      let x = -Float(step) * 0.34567
      let sums = kernels.compare_logits([x], [0], 1, 0, 0)
      #expect(abs(sums.p - exp(Double(x))) <= 1e-15 * exp(Double(x)))
    }
  }

  @Test("what is not finite leaves a sum that is not", arguments: Kernels.levels)
  func notFinite(level: String) throws {
    let kernels = try #require(rk_kernels_named(level)).pointee
    for place in [3, 17] {
      for number in [Float.nan, -.infinity] {
        var x = [Float](repeating: 1, count: 20)
        x[place] = number
        let finite = [Float](repeating: 1, count: 20)
        #expect(!kernels.compare_logits(x, finite, 20, 1, 1).difference.isFinite)
        #expect(!kernels.compare_logits(finite, x, 20, 1, 1).difference.isFinite)
      }
    }
  }
}
