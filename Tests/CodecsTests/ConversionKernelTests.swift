import Codecs
import KernelsC
import Testing
import TestSupport

/// The kernels that decode, convert and compare.
@Suite struct ConversionKernelTests {
  @Test(arguments: Kernels.levels)
  func codesAreGatheredFromTheirPlanes(level: String) throws {
    let kernels = try kernels(level)
    var random = SeededGenerator(seed: 6)
    let low = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
    let high = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
    let word = UInt32.random(in: 0...UInt32.max, using: &random)
    low.withUnsafeBufferPointer { low in
      high.withUnsafeBufferPointer { high in
        for (lowShift, lowBits, highShift, highBits) in [(0, 4, 0, 0), (4, 4, 3, 1), (2, 2, 4, 2)] {
          for usesWord in [false, true] {
            var planes = rk_planes()
            planes.low = low.baseAddress
            planes.low_shift = Int32(lowShift)
            planes.low_mask = Int32(1 << lowBits - 1)
            planes.high = usesWord ? nil : high.baseAddress
            planes.high_bits = word
            planes.high_shift = Int32(highShift)
            planes.high_mask = usesWord ? 1 : Int32(1 << highBits - 1)
            planes.high_place = Int32(lowBits)
            let codes = (0..<32).map { j -> Int in
              let upper =
                usesWord
                ? Int(word >> UInt32(j) & 1) : Int(high[j]) >> highShift & (1 << highBits - 1)
              return Int(low[j]) >> lowShift & (1 << lowBits - 1) | upper << lowBits
            }
            var y = [Float](repeating: 0, count: 32)
            kernels.linear(&planes, 32, 5, 0.3, 0.7, &y)
            #expect(y == codes.map { Float($0 - 5) * 0.3 - 0.7 })
            let size = 1 << (lowBits + (usesWord ? 1 : highBits))
            let table = (0..<size).map { Float($0 * $0) - 9 }
            kernels.look_up(&planes, 32, table, Int32(size), 0.3, &y)
            #expect(y == codes.map { table[$0] * 0.3 })
          }
        }
      }
    }
  }

  @Test(arguments: Kernels.levels)
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
      let quiet = half | 0x200
      #expect(back[Int(half)] == (value.isNaN ? quiet : half))
    }
  }

  @Test(arguments: Kernels.levels)
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
    let block = KernelBlock(9, count: 53, extreme: 1)
    let y = block.x.map { ($0 * 8).rounded() / 8 }
    let largest = zip(block.x, y).map { abs($0 - $1) }.max()
    let losses = try Kernels.levels.map { try kernels($0).loss(block.x, y, block.w, 53) }
    for loss in losses {
      #expect(loss.weighted_error == losses[0].weighted_error)
      #expect(loss.energy == losses[0].energy)
      #expect(loss.maximum == largest)
    }
    let error = zip(block.x, y).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    #expect(abs(Double(losses[0].error) - error) < 1e-5 * error)
  }
}
