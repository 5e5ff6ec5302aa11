import Codecs
import KernelsC
import Testing
import TestSupport

/// Every level of this machine computes what the plain-Swift reference does, to the bit.
@Suite struct KernelTests {
  @Test(arguments: Kernels.levels, KernelGrid.all)
  func gridKernelsEqualTheReference(level: String, values: [Float]) throws {
    let kernels = try kernels(level)
    var grid = KernelGrid.table(values)
    for (seed, count): (UInt64, Int) in [(1, 16), (2, 32), (3, 16), (4, 32)] {
      let block = KernelBlock(seed, count: count, extreme: 127)
      let trials = (0..<16).map { lane in
        ReferenceKernels.gridValues(block.x, values, block.scales[lane], block.shifts[lane])
      }
      let ideal = kernels.grid_ideal(
        block.x, block.w, Int32(count), &grid, block.scales, block.shifts)
      let expected = ReferenceKernels.ideal(block.x, block.w, values: trials)
      #expect(ideal.scale == expected.scale)
      #expect(ideal.cost == expected.cost)
      #expect(ideal.explained == expected.explained)

      let choice = kernels.grid_choice(
        block.x, block.w, Int32(count), &grid, block.scales, block.shifts)
      let best = ReferenceKernels.choice(
        (0..<16).map {
          ReferenceKernels.error(block.x, block.w, block.scales[$0], trials[$0])
        })
      #expect(Int(choice.lane) == best.lane)
      #expect(choice.error == best.error)

      for (scale, shift) in zip(block.scales, block.shifts) {
        var codes = [UInt8](repeating: 0, count: count)
        kernels.grid_codes(block.x, Int32(count), &grid, scale, shift, &codes)
        let inverse = ReferenceKernels.inverse(scale)
        #expect(
          codes.map(Int.init)
            == block.x.map { ReferenceKernels.code($0 * inverse - shift, values) })
      }
    }
  }

  @Test(arguments: Kernels.levels)
  func theParitySearchFindsTheExactOptimum(level: String) throws {
    let kernels = try kernels(level)
    var (even, odd) = (KernelGrid.half(parity: 0), KernelGrid.half(parity: 1))
    let values = KernelGrid.iq4
    for seed: UInt64 in 0..<20 {
      let block = KernelBlock(seed, count: 32, extreme: 127)
      let optima = (0..<16).map {
        ReferenceKernels.parityError(
          block.x, block.w, values, block.scales[$0], block.shifts[$0])
      }
      let choice = kernels.parity_choice(
        block.x, block.w, &even, &odd, block.scales, block.shifts)
      let least = try #require(optima.min())
      #expect(abs(Double(choice.error) - least) <= 1e-5 * least)
      #expect(abs(optima[Int(choice.lane)] - least) <= 1e-5 * least)

      for lane in 0..<16 {
        let (scale, shift) = (block.scales[lane], block.shifts[lane])
        var codes = [UInt8](repeating: 0, count: 32)
        kernels.parity_codes(block.x, block.w, &even, &odd, scale, shift, &codes)
        var error = 0.0
        for j in 0..<32 {
          let value = Double(scale) * Double(values[Int(codes[j])] + shift)
          error += Double(block.w[j]) * (Double(block.x[j]) - value) * (Double(block.x[j]) - value)
        }
        #expect(abs(error - optima[lane]) <= 1e-5 * optima[lane])
        for k in 0..<8 {
          let group = [2 * k, 2 * k + 1, 2 * k + 16, 2 * k + 17].map { codes[$0].nonzeroBitCount }
          #expect(group.reduce(0, +) % 2 == 0)
        }
      }
    }
  }

  @Test func parityChoicesAreTheSameAtEveryLevel() throws {
    var (even, odd) = (KernelGrid.half(parity: 0), KernelGrid.half(parity: 1))
    for seed: UInt64 in 0..<20 {
      let block = KernelBlock(seed, count: 32, extreme: 127)
      let results = try Kernels.levels.map {
        try kernels($0).parity_choice(
          block.x, block.w, &even, &odd, block.scales, block.shifts)
      }
      for result in results {
        #expect(result.lane == results[0].lane)
        #expect(result.error == results[0].error)
      }
    }
  }

  @Test(arguments: Kernels.levels)
  func affineKernelsEqualTheReference(level: String) throws {
    let kernels = try kernels(level)
    for (low, high): (Float, Float) in [(0, 15), (0, 31), (-8, 7), (-32, 31), (-127, 127), (0, 63)]
    {
      var block = KernelBlock(3, count: 32, extreme: high)
      block.shifts = block.shifts.map { $0 / 10 - 0.3 }
      let choice = kernels.affine_choice(
        block.x, block.w, 32, low, high, block.scales, block.shifts)
      let best = ReferenceKernels.choice(
        (0..<16).map {
          ReferenceKernels.affineError(
            block.x, block.w, low, high, block.scales[$0], block.shifts[$0])
        })
      #expect(Int(choice.lane) == best.lane)
      #expect(choice.error == best.error)

      let ideal = kernels.uniform_ideal(block.x, block.w, 32, low, high, block.scales)
      let expected = ReferenceKernels.ideal(
        block.x, block.w,
        values: block.scales.map { scale in
          let inverse = ReferenceKernels.inverse(scale)
          return block.x.map { ReferenceKernels.rounded($0 * inverse, low, high) }
        })
      #expect(ideal.scale == expected.scale)
      #expect(ideal.cost == expected.cost)

      for (scale, offset) in zip(block.scales, block.shifts) {
        var codes = [UInt8](repeating: 0, count: 32)
        kernels.affine_codes(block.x, 32, low, high, scale, offset, &codes)
        let inverse = ReferenceKernels.inverse(scale)
        #expect(
          codes.map { Float($0) }
            == block.x.map { ReferenceKernels.rounded(($0 - offset) * inverse, low, high) - low })
      }
    }
  }

  @Test(arguments: [0, 1])
  func theAffineIdealIsTheSameAtEveryLevelAndBeatsItsTrials(onlySubtract: Int32) throws {
    for seed: UInt64 in 0..<20 {
      let block = KernelBlock(seed, count: 32, extreme: 15)
      let scales = (0..<16).map { 2 * (1 + Float($0 % 4) / 10) / 15 }
      let offsets = (0..<16).map { -1 + Float($0 / 4) / 20 }
      let results = try Kernels.levels.map { level in
        let kernels = try kernels(level)
        let sums = kernels.summary(block.x, block.w, 32)
        return kernels.affine_ideal(
          block.x, block.w, 32, 15, sums, onlySubtract, 3, scales, offsets)
      }
      for result in results {
        #expect(result.scale == results[0].scale)
        #expect(result.offset == results[0].offset)
        #expect(result.scale >= 0)
        if onlySubtract == 1 { #expect(result.offset <= 0) }
      }
      func error(_ scale: Float, _ offset: Float) -> Float {
        ReferenceKernels.affineError(block.x, block.w, 0, 15, scale, offset)
      }
      let least = zip(scales, offsets).map { error($0, $1) }.min() ?? 0
      #expect(error(results[0].scale, results[0].offset) <= least * (1 + 1e-5))
    }
  }

  @Test(arguments: Kernels.levels)
  func aSummaryIsOfAllWeights(level: String) throws {
    let block = KernelBlock(11, count: 48, extreme: 1)
    let summary = try kernels(level).summary(block.x, block.w, 48)
    let base = try kernels("base").summary(block.x, block.w, 48)
    #expect(summary.low == block.x.min())
    #expect(summary.high == block.x.max())
    #expect(summary.magnitude == block.x.map { abs($0) }.max())
    #expect(summary.w == base.w)
    #expect(summary.wx == base.wx)
    let wx = zip(block.w, block.x).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    #expect(abs(Double(summary.wx) - wx) < 1e-5)
  }
}
