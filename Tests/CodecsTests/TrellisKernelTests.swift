import Codecs
import KernelsC
import Testing
import TestSupport

/// Every level of this machine computes what the plain-Swift reference does.
@Suite struct TrellisKernelTests {
  static let levels = Kernels.levels

  func kernels(_ level: String) throws -> rk_kernels {
    try #require(rk_kernels_named(level)).pointee
  }

  /// Normal weights and, if asked for, importances over two orders.
  static func block(_ seed: UInt64, magnitudes: Bool, even: Bool) -> (x: [Float], w: [Float]) {
    var random = SeededGenerator(seed: seed)
    let x = (0..<32).map { _ -> Float in
      let sum = (0..<4).reduce(Float(0)) { sum, _ in
        sum + Float.random(in: -1...1, using: &random)
      }
      return magnitudes ? abs(sum) : sum
    }
    return (x, (0..<32).map { _ in even ? 1 : 1 / Float.random(in: 0.01...1, using: &random) })
  }

  @Test(arguments: levels)
  func valuesEqualTheReference(level: String) throws {
    let kernels = try kernels(level)
    let seeds: [UInt16] = [0, 1, 4095, 8191, 32767, 32768, 65534, 65535]
    for group in [4, 8] {
      for (offset, magnitudes) in [(4096, false), (36864, true)] {
        var values = [Float](repeating: .nan, count: seeds.count * group)
        kernels.trellis_values(
          seeds, Int32(values.count), Int32(group), Int32(offset), magnitudes ? 1 : 0, -0.375,
          &values)
        let expected = seeds.flatMap {
          ReferenceTrellis.values(Int($0) + offset, group: group, magnitudes: magnitudes)
        }
        #expect(values == expected.map { $0 * -0.375 })
      }
    }
  }

  @Test func spreadsAreTheSameAtEveryLevelAndTrue() throws {
    let (x, w) = Self.block(1, magnitudes: false, even: false)
    for group in [4, 8] {
      let expected = ReferenceTrellis.spread(x, w, group: group)
      let spreads = try Self.levels.map { try kernels($0).trellis_spread(x, w, Int32(group)) }
      for spread in spreads {
        #expect(spread.fourth == spreads[0].fourth)
        #expect(spread.weight == spreads[0].weight)
        #expect(spread.largest == expected.2)
        #expect(abs(Double(spread.fourth) - expected.0) < 1e-5 * expected.0)
        #expect(abs(Double(spread.weight) - expected.1) < 1e-5 * expected.1)
      }
    }
  }

  /// Groups, magnitudes, and the numbers of scales that a group of that size is searched at.
  static let shapes = [
    (8, false, 1), (8, false, 2), (8, true, 4), (8, true, 6), (4, false, 6),
  ]

  @Test(arguments: shapes, [true, false])
  func theExhaustiveSearchFindsTheOptimum(shape: (Int, Bool, Int), even: Bool) throws {
    let (group, magnitudes, count) = shape
    let book = TestCodebook(group: group, magnitudes: magnitudes)
    for seed: UInt64 in 0..<3 {
      let (x, w) = Self.block(seed, magnitudes: magnitudes, even: even)
      let sign: Float = seed == 1 && !magnitudes ? -1 : 1
      let scales = (0..<count).map { sign * (0.03 + 0.004 * Float($0)) }
      let optimum = scales.map {
        ReferenceTrellis.least(x, w, vectors: book.candidates, group: group, scale: $0)
      }.min()!
      for level in Self.levels {
        let (seeds, found) = book.search(try kernels(level), x, w, scales, effort: 1)
        let values = seeds.flatMap {
          ReferenceTrellis.values(Int($0) + 4096, group: group, magnitudes: magnitudes)
        }
        let error = ReferenceTrellis.error(x, w, values[...], scale: scales[Int(found.scale)])
        #expect(abs(Double(found.error) - error) <= 1e-5 * error)
        let moments = ReferenceTrellis.moments(x, w, values)
        #expect(abs(Double(found.wxv) - moments.wxv) <= 1e-5 * abs(moments.wxv))
        #expect(abs(Double(found.wvv) - moments.wvv) <= 1e-5 * moments.wvv)
        // The search compares with importances in 64ths of the greatest.
        #expect(error <= optimum * (even ? 1.001 : 1.05))
      }
    }
  }

  @Test(arguments: shapes)
  func searchesAreTheSameAtEveryLevel(shape: (Int, Bool, Int)) throws {
    let (group, magnitudes, count) = shape
    let book = TestCodebook(group: group, magnitudes: magnitudes)
    for seed: UInt64 in 0..<10 {
      let (x, w) = Self.block(seed, magnitudes: magnitudes, even: seed % 3 == 0)
      // A scale of zero, one that all but vanishes, and one too small for the weights.
      let first: Float = [0, 0x1p-133, 0.002, 0.03, 0.04][Int(seed) % 5]
      let scales = (0..<count).map { first * (1 + 0.1 * Float($0)) }
      for effort: Float in [0, 0.1, 0.4, 1] {
        let results = try Self.levels.map {
          book.search(try kernels($0), x, w, scales, effort: effort)
        }
        for result in results {
          #expect(result.seeds == results[0].seeds)
          #expect(result.found.scale == results[0].found.scale)
          #expect(result.found.error == results[0].found.error)
          #expect(result.found.wxv == results[0].found.wxv)
          #expect(result.found.wvv == results[0].found.wvv)
        }
      }
    }
  }

  @Test(arguments: shapes)
  func effortHelps(shape: (Int, Bool, Int)) throws {
    let (group, magnitudes, count) = shape
    let book = TestCodebook(group: group, magnitudes: magnitudes)
    let kernels = try kernels(Kernels.level)
    let losses = [0, 0.2, 1].map { (effort: Float) in
      (0..<40).reduce(Float(0)) { sum, seed in
        let (x, w) = Self.block(UInt64(seed), magnitudes: magnitudes, even: false)
        let scales = (0..<count).map { 0.03 + 0.004 * Float($0) }
        return sum + book.search(kernels, x, w, scales, effort: effort).found.error
      }
    }
    #expect(losses[1] < losses[0])
    #expect(losses[2] < losses[1])
    #expect(losses[1] - losses[2] < 0.2 * (losses[0] - losses[2]))
  }

  @Test func searchesThatCannotBeBetterGiveUp() throws {
    let book = TestCodebook(group: 4, magnitudes: false)
    let (x, w) = Self.block(1, magnitudes: false, even: false)
    let scales = (0..<6).map { 0.03 + 0.004 * Float($0) }
    for level in Self.levels {
      let kernels = try kernels(level)
      let error = book.search(kernels, x, w, scales, effort: 0.1).found.error
      #expect(
        book.search(kernels, x, w, scales, effort: 0.1, bound: error * 2).found.error == error)
      let hopeless = book.search(kernels, x, w, scales, effort: 0.1, bound: error / 8)
      #expect(hopeless.found.error == .greatestFiniteMagnitude)
    }
  }
}
