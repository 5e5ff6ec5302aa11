import Codecs
import GGUF
import Testing
import TestSupport

/// What holds for every codec of the registry.
@Suite struct CodecLawTests {
  static let columns = 256

  /// A row of heavy-tailed weights, and importances over three orders of magnitude.
  static func sample(_ seed: UInt64, columns: Int = columns) -> (x: [Float], h: [Float]) {
    var random = SeededGenerator(seed: seed)
    let x = (0..<columns).map { _ -> Float in
      let sum = (0..<4).reduce(Float(0)) { sum, _ in sum + Float.random(in: -1...1, using: &random)
      }
      return 0.02 * sum * abs(sum)
    }
    return (x, (0..<columns).map { _ in 1 / Float.random(in: 0.001...1, using: &random) })
  }

  @Test(arguments: Codec.all)
  func zerosStayZero(codec: Codec) {
    let zeros = [Float](repeating: 0, count: Self.columns)
    let bytes = codec.encode(zeros, columns: Self.columns, importance: Self.sample(1).h)
    #expect(codec.decode(bytes, columns: Self.columns).allSatisfy { $0 == 0 })
  }

  @Test(arguments: Codec.all)
  func anyBytesDecodeWithoutATrap(codec: Codec) throws {
    var random = SeededGenerator(seed: 2)
    let size = try #require(codec.type.rowBytes(columns: Self.columns))
    for fill: UInt8? in [0, 0xFF, 0x7F, 0x80, nil, nil, nil, nil] {
      let bytes = (0..<size).map { _ in fill ?? UInt8.random(in: 0...255, using: &random) }
      #expect(codec.decode(bytes, columns: Self.columns).count == Self.columns)
    }
  }

  @Test(arguments: Codec.all)
  func noRowLosesMoreThanItsEnergy(codec: Codec) {
    var rows = [[Float]]()
    rows.append(Self.sample(3).x)
    rows.append(Self.sample(4).x.enumerated().map { $0.offset == 77 ? 2.5 : $0.element })
    rows.append(Self.sample(5).x.enumerated().map { $0.offset % 10 == 0 ? $0.element : 0 })
    rows.append(Self.sample(6).x.map { abs($0) })
    rows.append([Float](repeating: -0.75, count: Self.columns))
    for row in rows {
      for importance in [nil, Self.sample(7).h] {
        let decoded = codec.decode(
          codec.encode(row, columns: Self.columns, importance: importance), columns: Self.columns)
        #expect(
          relativeError(row, decoded, importance: importance, columns: Self.columns) <= 1)
      }
    }
  }

  @Test(arguments: Codec.all)
  func extremeMagnitudesGiveFiniteWeights(codec: Codec) {
    guard codec.type != .F16, codec.type != .BF16 else { return }
    let shape = Self.sample(8).x
    for magnitude: Float in [0x1p-149, 0x1p-133, 1e-37, 1e-20, 1e20, 3e38 / 0.4] {
      let row = shape.map { max(-3.4e38, min($0 * magnitude, 3.4e38)) }
      let decoded = codec.decode(
        codec.encode(row, columns: Self.columns), columns: Self.columns)
      #expect(decoded.allSatisfy { $0.isFinite }, "magnitude \(magnitude)")
    }
  }

  @Test(arguments: Codec.all)
  func scalingARowByAPowerOfTwoScalesItsDecoding(codec: Codec) {
    // Within the range of normal halves, which scales are rounded to.
    guard codec.type != .F16 else { return }
    let (sample, h) = Self.sample(9)
    let x = sample.map { $0 * 512 }
    let once = codec.decode(
      codec.encode(x, columns: Self.columns, importance: h), columns: Self.columns)
    for factor: Float in [0.25, 16] {
      let scaled = codec.decode(
        codec.encode(x.map { $0 * factor }, columns: Self.columns, importance: h),
        columns: Self.columns)
      #expect(scaled == once.map { $0 * factor })
    }
  }

  @Test(
    "The heuristic weighs huge rows as it does others",
    arguments: Codec.all.filter { $0.type.rowHeaderBytes == 4 })
  func theHeuristicIsFiniteForHugeRows(codec: Codec) {
    let (x, h) = Self.sample(15)
    func body(_ factor: Float) -> [UInt8] {
      let bytes = codec.encode(
        x.map { $0 * factor }, columns: Self.columns, importance: h, weighting: .heuristic)
      // Without the row's scale.
      return Array(bytes.dropFirst(4))
    }
    #expect(body(0x1p100) == body(1))
  }

  @Test(arguments: Codec.all)
  func onlyRelativeImportanceMatters(codec: Codec) {
    let (x, h) = Self.sample(10)
    let once = codec.encode(x, columns: Self.columns, importance: h)
    #expect(codec.encode(x, columns: Self.columns, importance: h.map { $0 * 1024 }) == once)
  }

  @Test(arguments: Codec.all)
  func importanceWithoutAnyIsNoImportance(codec: Codec) {
    let x = Self.sample(11).x
    let zeros = [Float](repeating: 0, count: Self.columns)
    #expect(
      codec.encode(x, columns: Self.columns, importance: zeros)
        == codec.encode(x, columns: Self.columns))
  }

  @Test(arguments: Codec.all)
  func aRowIsEncodedTheSameWhateverStandsBesideIt(codec: Codec) {
    let first = Self.sample(12)
    let second = Self.sample(13).x
    let alone = codec.encode(second, columns: Self.columns, importance: first.h)
    let both = codec.encode(first.x + second, columns: Self.columns, importance: first.h)
    #expect(Array(both.suffix(alone.count)) == alone)
  }

  @Test(arguments: Codec.all)
  func encodingWithImportanceLosesLessOfWhatMatters(codec: Codec) {
    guard codec.type.nominalBitsPerWeight < 8 else { return }
    let columns = 2048
    let (x, h) = Self.sample(14, columns: columns)
    func loss(_ importance: [Float]?) -> Double {
      let decoded = codec.decode(
        codec.encode(x, columns: columns, importance: importance), columns: columns)
      return relativeError(x, decoded, importance: h, columns: columns)
    }
    #expect(loss(h) < loss(nil))
  }
}
