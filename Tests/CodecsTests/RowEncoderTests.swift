import AllocationCounter
import Codecs
import GGUF
import Testing
import TestSupport

/// The contract of `RowEncoder`, for every type that is written.
@Suite struct RowEncoderTests {
  static let columns = 512

  /// A prepared row and its encoder.
  struct Trial {
    let encoder: RowEncoder
    let x: [Float]
    var bytes: [UInt8]

    init(
      _ codec: Codec, _ x: [Float], importance: [Float]?, weighting: Weighting = .importance
    ) {
      self.x = x
      encoder = codec.encoder(
        columns: x.count, objective: Objective(importance: importance, columns: x.count),
        weighting: weighting)
      bytes = [UInt8](repeating: 0xA5, count: codec.type.rowBytes(columns: x.count)!)
      bytes.withUnsafeMutableBytes { bytes in
        x.withUnsafeBufferPointer { encoder.prepare($0, into: bytes) }
      }
    }

    var units: Int { x.count / encoder.unitColumns }

    /// The columns of a unit.
    func range(_ unit: Int) -> Range<Int> {
      unit * encoder.unitColumns..<(unit + 1) * encoder.unitColumns
    }

    /// What a unit becomes for a target.
    mutating func round(_ unit: Int, to target: [Float]) -> [Float] {
      var decoded = [Float](repeating: .nan, count: encoder.unitColumns)
      bytes.withUnsafeMutableBytes { bytes in
        target.withUnsafeBufferPointer { target in
          decoded.withUnsafeMutableBufferPointer {
            encoder.round(unit, to: target, in: bytes, decoded: $0)
          }
        }
      }
      return decoded
    }

    var decoded: [Float] { encoder.codec.decode(bytes, columns: x.count) }
  }

  @Test("A unit divides the block of its type", arguments: Codec.all)
  func aUnitDividesTheBlock(codec: Codec) {
    #expect(codec.unitColumns > 0 && codec.type.weightsPerBlock % codec.unitColumns == 0)
  }

  @Test(
    "Preparing a row and rounding every unit to the row itself is encoding it", arguments: Codec.all
  )
  func roundingToTheRowItselfIsEncoding(codec: Codec) {
    for weighting in Weighting.allCases {
      let (x, h) = CodecLawTests.sample(21, columns: Self.columns)
      var trial = Trial(codec, x, importance: h, weighting: weighting)
      for unit in (0..<trial.units).reversed() {
        let became = trial.round(unit, to: Array(x[trial.range(unit)]))
        #expect(became == Array(trial.decoded[trial.range(unit)]))
      }
      let encoded = codec.encode(x, columns: Self.columns, importance: h, weighting: weighting)
      #expect(trial.bytes == encoded)
    }
  }

  @Test(
    "What rounding to a corrected target returns is what the row decodes to", arguments: Codec.all)
  func roundingReturnsWhatTheRowDecodesTo(codec: Codec) {
    let (x, h) = CodecLawTests.sample(22, columns: Self.columns)
    var trial = Trial(codec, x, importance: h)
    var expected = trial.decoded
    for unit in 0..<trial.units {
      let range = trial.range(unit)
      expected.replaceSubrange(
        range, with: trial.round(unit, to: x[range].map { $0 * 1.2 - 0.001 }))
      // The unit alone has changed.
      if unit % 16 == 0 { #expect(trial.decoded == expected) }
    }
    #expect(trial.decoded == expected)
  }

  @Test(
    "Rounding every unit to nearly the row itself loses hardly more than the row lost",
    arguments: Codec.all)
  func roundingIsAsGoodAsPreparing(codec: Codec) {
    let (x, h) = CodecLawTests.sample(23, columns: Self.columns)
    // A small change of the whole row: what units share suits the target as well as the row.
    let target = x.map { $0 * 1.001 }
    var trial = Trial(codec, x, importance: h)
    let prepared = relativeError(x, trial.decoded, importance: h, columns: Self.columns)
    for unit in 0..<trial.units {
      _ = trial.round(unit, to: Array(target[trial.range(unit)]))
    }
    let rounded = relativeError(target, trial.decoded, importance: h, columns: Self.columns)
    #expect(rounded <= prepared * 1.05 + 1e-5)
  }

  @Test("Corrections beyond all measure are clamped to finite weights", arguments: Codec.all)
  func hugeCorrectionsAreClamped(codec: Codec) {
    // A number that is kept by itself may be beyond its type.
    guard codec.type != .F16, codec.type != .BF16 else { return }
    let (sample, h) = CodecLawTests.sample(24, columns: Self.columns)
    let zeros = [Float](repeating: 0, count: Self.columns)
    let rows = [
      sample, zeros, sample.map { $0 * 0x1p-140 }, sample.map { $0 * 1e30 },
      sample.map { max(-3.4e38, min($0 * 1e40, 3.4e38)) },
    ]
    let greatest = Float.greatestFiniteMagnitude
    for row in rows {
      for correction: Float in [1, -1e10, 1e-30, greatest, -greatest, 0x1p-149] {
        var trial = Trial(codec, row, importance: h)
        for unit in 0..<trial.units {
          let target = row[trial.range(unit)].enumerated().map { place, value in
            place % 3 == 0 ? correction : max(-greatest, min(value + correction, greatest))
          }
          let became = trial.round(unit, to: target)
          #expect(became.allSatisfy { $0.isFinite }, "\(correction)")
        }
      }
    }
  }

  @Test("A change of objective holds from the next row on", arguments: Codec.all)
  func theObjectiveCanChangeFromRowToRow(codec: Codec) {
    let (x, h) = CodecLawTests.sample(25, columns: Self.columns)
    let both = h.map { 1 / $0 } + h
    var trial = Trial(codec, x, importance: Array(both[..<Self.columns]))
    for slice in [1, 0, 1] {
      trial.encoder.objective = Objective(
        importance: both, slice: slice, columns: Self.columns)
      trial.bytes.withUnsafeMutableBytes { bytes in
        x.withUnsafeBufferPointer { trial.encoder.encode($0, into: bytes) }
      }
      let importance = Array(both[slice * Self.columns..<(slice + 1) * Self.columns])
      #expect(trial.bytes == codec.encode(x, columns: Self.columns, importance: importance))
    }
    trial.encoder.objective = .plain
    trial.bytes.withUnsafeMutableBytes { bytes in
      x.withUnsafeBufferPointer { trial.encoder.encode($0, into: bytes) }
    }
    #expect(trial.bytes == codec.encode(x, columns: Self.columns))
  }

  @Test(
    "An encoder that has seen a row allocates nothing for the next",
    .enabled(if: allocations_are_counted() != 0), arguments: Codec.all)
  func aWarmEncoderAllocatesNothing(codec: Codec) {
    // Many columns: nothing may pass for small enough to stand on the stack.
    let columns = 8192
    let (x, h) = CodecLawTests.sample(26, columns: columns)
    let (other, _) = CodecLawTests.sample(27, columns: columns)
    for weighting in Weighting.allCases {
      var trial = Trial(codec, x, importance: h, weighting: weighting)
      var unit = [Float](repeating: 0, count: trial.encoder.unitColumns)
      let encoder = trial.encoder
      // Tables of the type are made when they are first needed.
      _ = trial.round(0, to: Array(other[..<unit.count]))
      let made = trial.bytes.withUnsafeMutableBytes { bytes in
        other.withUnsafeBufferPointer { other in
          unit.withUnsafeMutableBufferPointer { unit in
            let before = allocation_count()
            encoder.prepare(other, into: bytes)
            encoder.round(
              1, to: UnsafeBufferPointer(rebasing: other[..<unit.count]), in: bytes, decoded: unit)
            encoder.encode(other, into: bytes)
            return allocation_count() - before
          }
        }
      }
      #expect(made == 0)
    }
  }

  @Test(
    "An encoder leaves nothing behind when it is gone",
    .enabled(if: allocations_are_counted() != 0), arguments: Codec.all)
  func anEncoderFreesWhatItAllocated(codec: Codec) {
    let (x, h) = CodecLawTests.sample(28, columns: 256)
    func use() { _ = Trial(codec, x, importance: h, weighting: .importance) }
    // Tables of the type are made when they are first needed.
    use()
    let before = allocation_balance()
    for _ in 0..<10 { use() }
    // A pool of the runtime may have grown, once.
    #expect(allocation_balance() - before < 10)
  }

  @Test("The counter sees an array being made", .enabled(if: allocations_are_counted() != 0))
  func theCounterCounts() {
    let before = allocation_count()
    let array = [Int](repeating: 1, count: Int.random(in: 100...200))
    #expect(allocation_count() > before && array.count >= 100)
  }
}
