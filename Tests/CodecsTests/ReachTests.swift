import Codecs
import GGUF
import Testing
import TestSupport

/// Weights beyond what a type can hold.
@Suite("A weight beyond a type") struct ReachTests {
  static let columns = 256

  /// Rows of largest magnitude 1: with a spike, constant, spread, one-sided, a block of each.
  static let shapes: [[Float]] = {
    let sample = CodecLawTests.sample(21).x
    let largest = sample.reduce(0) { max($0, abs($1)) }
    let spread = sample.map { $0 / largest }
    var spike = spread.map { 0.01 * $0 }
    spike[77] = -1
    let constant = [Float](repeating: 1, count: columns)
    return [
      spike, constant, constant.map { -$0 }, spread, spread.map { abs($0) },
      Array(constant[..<128]) + spread[128...],
    ]
  }()

  /// Three in each decade from 10⁴ to the largest float.
  static let magnitudes = (4...38).flatMap { decade in
    [1, 2, 5].compactMap { Float("\($0)e\(decade)") }.filter(\.isFinite)
  }

  /// What becomes of a row: the column that the type is said not to hold, and the weights.
  private static func encode(_ x: [Float], _ codec: Codec) -> (column: Int?, y: [Float]) {
    let encoder = codec.encoder(columns: columns)
    var bytes = [UInt8](repeating: 0, count: codec.type.rowBytes(columns: columns)!)
    var y = [Float](repeating: 0, count: columns)
    let column = x.withUnsafeBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        bytes.withUnsafeMutableBytes { encoder.encode(x, into: $0, decoded: y) }
        return encoder.firstBeyondReach(of: x, UnsafeBufferPointer(y))
      }
    }
    return (column, y)
  }

  private static func largest(_ row: some Collection<Float>) -> Float {
    row.reduce(0) { max($0, abs($1)) }
  }

  @Test("is found, or the block comes out as it does at any other magnitude", arguments: Codec.all)
  func foundOrKept(codec: Codec) {
    let size = max(codec.type.weightsPerBlock, 1)
    for (number, shape) in Self.shapes.enumerated() {
      let usual = Self.encode(shape.map { $0 * 1024 }, codec)
      #expect(usual.column == nil)
      for magnitude in Self.magnitudes {
        let x = shape.map { $0 * magnitude }
        let (column, y) = Self.encode(x, codec)
        if let column {
          #expect(abs(x[column]) > 65504, "shape \(number), \(magnitude)")
          continue
        }
        #expect(y.allSatisfy { $0.isFinite })
        for start in stride(from: 0, to: Self.columns, by: size) where size > 1 {
          let block = start..<start + size
          let share = Self.largest(usual.y[block]) / (1024 * Self.largest(shape[block]))
          // A power of two as scale lets the largest weight come out by a quarter off.
          #expect(
            Self.largest(y[block]) >= 0.7 * min(share, 1) * Self.largest(x[block]),
            "shape \(number), \(magnitude), block at \(start)")
        }
      }
    }
  }

  @Test(
    "is found by types with a half for a scale, and held by those with a float",
    arguments: Codec.all)
  func huge(codec: Codec) {
    let name = codec.type.name
    let holds = ["f32", "bf16", "mxfp4"].contains(name) || codec.type.rowHeaderBytes == 4
    for shape in Self.shapes {
      let column = Self.encode(shape.map { $0 * 1e20 }, codec).column
      #expect((column == nil) == holds)
      if let column { #expect(abs(shape[column]) * 1e20 > 65504) }
    }
  }

  @Test("is none of the reference's weights, with importance or without", arguments: Codec.all)
  func ordinary(codec: Codec) {
    let encoder = codec.encoder(columns: Golden.columns)
    var bytes = [UInt8](repeating: 0, count: codec.type.rowBytes(columns: Golden.columns)!)
    var y = [Float](repeating: 0, count: Golden.columns)
    for objective in [
      Objective.plain, Objective(importance: Golden.importance, columns: Golden.columns),
    ] {
      encoder.objective = objective
      for row in 0..<Golden.weights.count / Golden.columns {
        Golden.weights[row * Golden.columns..<(row + 1) * Golden.columns].withUnsafeBufferPointer {
          x in
          y.withUnsafeMutableBufferPointer { y in
            bytes.withUnsafeMutableBytes { encoder.encode(x, into: $0, decoded: y) }
            #expect(encoder.firstBeyondReach(of: x, UnsafeBufferPointer(y)) == nil)
          }
        }
      }
    }
  }

  @Test("is no tiny weight, which may become zero but stays finite", arguments: Codec.all)
  func tiny(codec: Codec) {
    for shape in Self.shapes {
      for magnitude: Float in [0x1p-149, 0x1p-133, 1e-37, 1e-20, 1e-7] {
        let (column, y) = Self.encode(shape.map { $0 * magnitude }, codec)
        #expect(column == nil && y.allSatisfy { $0.isFinite })
      }
    }
  }
}
