import Codecs
import KernelsC
import TestSupport
import Testing

/// Every level of this machine computes what the plain-Swift reference does, to the bit.
@Suite struct KernelTests {
  static let levels = Kernels.levels

  struct Block {
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
        lane == 3
          ? 0 : lane == 5 ? 0x1p-133 : Float.random(in: -1.2...1.2, using: &random) / extreme
      }
      shifts = (0..<16).map { $0 % 2 == 0 ? 0 : 4 }
    }
  }

  static let iq4: [Float] = [
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
  ]

  /// Grids of every size that a kernel is made for.
  static let grids: [[Float]] = [
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

  func kernels(_ level: String) throws -> rk_kernels {
    try #require(rk_kernels_named(level)).pointee
  }

  @Test(arguments: levels, grids)
  func gridKernelsEqualTheReference(level: String, values: [Float]) throws {
    let kernels = try kernels(level)
    var grid = Self.table(values)
    for count in [16, 32] {
      let block = Block(1, count: count, extreme: 127)
      var wxg = [Float](repeating: 0, count: 16)
      var wgg = wxg
      var errors = wxg
      kernels.grid_moments(
        block.x, block.w, Int32(count), &grid, block.scales, block.shifts, &wxg, &wgg)
      kernels.grid_errors(
        block.x, block.w, Int32(count), &grid, block.scales, block.shifts, &errors)
      for lane in 0..<16 {
        let (scale, shift) = (block.scales[lane], block.shifts[lane])
        let moments = ReferenceKernels.gridMoments(block.x, block.w, values, scale, shift)
        #expect(wxg[lane] == moments.wxg)
        #expect(wgg[lane] == moments.wgg)
        #expect(errors[lane] == ReferenceKernels.gridError(block.x, block.w, values, scale, shift))
        var codes = [UInt8](repeating: 0, count: count)
        kernels.grid_codes(block.x, Int32(count), &grid, scale, shift, &codes)
        let inverse = ReferenceKernels.inverse(scale)
        #expect(
          codes.map(Int.init)
            == block.x.map { ReferenceKernels.code($0 * inverse - shift, values) })
      }
    }
  }

  @Test(arguments: levels)
  func theParitySearchFindsTheExactOptimum(level: String) throws {
    let kernels = try kernels(level)
    var (even, odd) = (Self.half(parity: 0), Self.half(parity: 1))
    let values = Self.iq4
    for seed: UInt64 in 0..<20 {
      let block = Block(seed, count: 32, extreme: 127)
      var errors = [Float](repeating: 0, count: 16)
      kernels.parity_errors(
        block.x, block.w, &even, &odd, block.scales, block.shifts, &errors)
      for lane in 0..<16 {
        let (scale, shift) = (block.scales[lane], block.shifts[lane])
        let optimum = ReferenceKernels.parityError(block.x, block.w, values, scale, shift)
        #expect(abs(Double(errors[lane]) - optimum) <= 1e-5 * optimum)

        var codes = [UInt8](repeating: 0, count: 32)
        kernels.parity_codes(
          block.x, block.w, &even, &odd, scale, shift, &codes)
        var error = 0.0
        for j in 0..<32 {
          let value = Double(scale) * Double(values[Int(codes[j])] + shift)
          error += Double(block.w[j]) * (Double(block.x[j]) - value) * (Double(block.x[j]) - value)
        }
        #expect(abs(error - optimum) <= 1e-5 * optimum)
        for k in 0..<8 {
          let group = [2 * k, 2 * k + 1, 2 * k + 16, 2 * k + 17].map { codes[$0].nonzeroBitCount }
          #expect(group.reduce(0, +) % 2 == 0)
        }
      }
    }
  }

  @Test func parityErrorsAreTheSameAtEveryLevel() throws {
    var (even, odd) = (Self.half(parity: 0), Self.half(parity: 1))
    let block = Block(7, count: 32, extreme: 127)
    let results: [[Float]] = try Self.levels.map { level in
      var errors = [Float](repeating: 0, count: 16)
      try kernels(level).parity_errors(
        block.x, block.w, &even, &odd, block.scales, block.shifts, &errors)
      return errors
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test(arguments: levels)
  func affineKernelsEqualTheReference(level: String) throws {
    let kernels = try kernels(level)
    for (low, high): (Float, Float) in [(0, 15), (0, 31), (-8, 7), (-32, 31), (-127, 127), (0, 63)]
    {
      var block = Block(3, count: 32, extreme: high)
      block.shifts = block.shifts.map { $0 / 10 - 0.3 }
      var wq = [Float](repeating: 0, count: 16)
      var wqq = wq
      var wxq = wq
      var errors = wq
      kernels.affine_moments(
        block.x, block.w, 32, low, high, block.scales, block.shifts, &wq, &wqq, &wxq)
      kernels.affine_errors(
        block.x, block.w, 32, low, high, block.scales, block.shifts, &errors)
      for lane in 0..<16 {
        let (scale, offset) = (block.scales[lane], block.shifts[lane])
        let moments = ReferenceKernels.affineMoments(block.x, block.w, low, high, scale, offset)
        #expect(wq[lane] == moments.wq)
        #expect(wqq[lane] == moments.wqq)
        #expect(wxq[lane] == moments.wxq)
        #expect(
          errors[lane]
            == ReferenceKernels.affineError(block.x, block.w, low, high, scale, offset))
        var codes = [UInt8](repeating: 0, count: 32)
        kernels.affine_codes(block.x, 32, low, high, scale, offset, &codes)
        let inverse = ReferenceKernels.inverse(scale)
        #expect(
          codes.map(Float.init)
            == block.x.map { ReferenceKernels.rounded(($0 - offset) * inverse, low, high) - low })
      }
    }
  }

  @Test(arguments: levels)
  func everyHalfConvertsExactlyAndBack(level: String) throws {
    let kernels = try kernels(level)
    let halves = (0...UInt16.max).map { $0 }
    var floats = [Float](repeating: 0, count: halves.count)
    kernels.half_to_float(halves, &floats, Int32(halves.count))
    var back = [UInt16](repeating: 0, count: halves.count)
    kernels.float_to_half(floats, &back, Int32(halves.count))
    for half in halves {
      let value = floats[Int(half)]
      #expect(value.bitPattern == rk_half_to_float(half).bitPattern)
      if value.isNaN {
        let quiet = half | 0x200
        #expect(back[Int(half)] == quiet)
      } else {
        #expect(back[Int(half)] == half)
      }
    }
  }

  @Test(arguments: levels)
  func roundingToHalfAndBfloatIsToNearestEven(level: String) throws {
    let kernels = try kernels(level)
    var random = SeededGenerator(seed: 5)
    var floats = (0..<4096).map { _ in
      Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &random))
    }
    floats += [65504, 65519.996, 65520, -65520, 1e-8, 2.98e-8, 2.9802322e-8, 5.96e-8, 0, -0.0]
    floats += (0..<512).map { _ in Float.random(in: -1e-4...1e-4, using: &random) }
    var halves = [UInt16](repeating: 0, count: floats.count)
    var bfloats = halves
    kernels.float_to_half(floats, &halves, Int32(floats.count))
    kernels.float_to_bfloat(floats, &bfloats, Int32(floats.count))
    for (index, value) in floats.enumerated() {
      #expect(halves[index] == rk_float_to_half(value))
      guard !value.isNaN else { continue }
      let low = Double(Float(bitPattern: UInt32(bfloats[index]) << 16))
      guard low.isFinite else { continue }
      let distance = abs(low - Double(value))
      for neighbour in [bfloats[index] &- 1, bfloats[index] &+ 1] {
        let other = Double(Float(bitPattern: UInt32(neighbour) << 16))
        guard other.isFinite, (other < 0) == (low < 0) else { continue }
        #expect(distance <= abs(other - Double(value)))
      }
    }
  }

  @Test func lossesAreTheSameAtEveryLevelAndTrue() throws {
    let block = Block(9, count: 53, extreme: 1)
    let y = block.x.map { ($0 * 8).rounded() / 8 }
    let largest = zip(block.x, y).map { abs($0 - $1) }.max()
    let losses = try Self.levels.map { try kernels($0).loss(block.x, y, block.w, 53) }
    for loss in losses {
      #expect(loss.weighted_error == losses[0].weighted_error)
      #expect(loss.energy == losses[0].energy)
      #expect(loss.maximum == largest)
    }
    let error = zip(block.x, y).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    #expect(abs(Double(losses[0].error) - error) < 1e-5 * error)
  }
}
