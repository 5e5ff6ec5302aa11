import GGUF
import KernelsC

/// A type of independent blocks of 32 with a half-precision scale and offset each:
/// weight = scale × code + offset.
protocol AffineFormat: RowFormat {
  /// The largest code; the smallest is 0.
  static var highestCode: Int { get }

  /// Writes one block into `type.bytesPerBlock` zero bytes.
  static func pack(
    _ codes: UnsafePointer<UInt8>, scale: UInt16, offset: UInt16,
    into bytes: UnsafeMutableRawPointer)
}

extension AffineFormat {
  static func encode(
    _ weights: UnsafeBufferPointer<Float>, importance: UnsafeBufferPointer<Float>?,
    into bytes: UnsafeMutableRawPointer
  ) {
    let row = NormalizedRow(weights, importance: importance)
    let size = type.weightsPerBlock
    bytes.initializeMemory(
      as: UInt8.self, repeating: 0, count: weights.count / size * type.bytesPerBlock)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: size) { buffer in
      let codes = buffer.baseAddress!
      for index in 0..<weights.count / size {
        let block = row.block(at: index * size, size: size)
        let stored = storedScales(block, row)
        stored.codes(block, range: 0...highestCode, into: codes)
        pack(
          codes, scale: row.halfBits(stored.scale), offset: row.halfBits(stored.offset),
          into: bytes + index * type.bytesPerBlock)
      }
    }
  }

  /// The ideal scale and offset, rounded to halves in the combination of least error.
  private static func storedScales(
    _ block: WeightedBlock, _ row: borrowing NormalizedRow
  ) -> AffineBlock {
    let ideal = AffineFit.ideal(block, high: highestCode, offsetAtMostZero: false)
    var trials = AffineTrials()
    for lane in 0..<16 {
      // A half has 11 significant bits: these reach the neighbours on both sides.
      let scaleStep = 1 + Float(lane / 4 * 2 - 3) / 4096
      let offsetStep = 1 + Float(lane % 4 * 2 - 3) / 4096
      trials.scales[lane] = ideal.scale * scaleStep
      trials.offsets[lane] = ideal.offset * offsetStep
    }
    trials.scales = row.roundedToHalf(trials.scales)
    trials.offsets = row.roundedToHalf(trials.offsets)
    return trials[Int(trials.choice(block, codes: 0...highestCode).lane)]
  }
}
