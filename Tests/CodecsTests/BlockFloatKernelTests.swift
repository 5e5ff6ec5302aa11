import Codecs
import Foundation
import KernelsC
import TestSupport
import Testing

/// Block floating point, and products in it.
@Suite struct BlockFloatKernelTests {
  private static let block = Int(RK_BLOCK)
  private static let width = Int(RK_BLOCK_COLUMNS)

  @Test(
    "values are off by half a unit, which is the largest of their block over 4096 to 8192",
    arguments: Kernels.levels, [1, 16, 63, 64, 65, 200])
  func rounding(level: String, length: Int) throws {
    let kernels = try #require(rk_kernels_named(level)).pointee
    var random = SeededGenerator(seed: 71)
    let x = random.signed(length, 3)
    let blocks = (length + Self.block - 1) / Self.block
    var values = [Int16](repeating: 9, count: blocks * Self.block)
    var units = [Float](repeating: 9, count: blocks)
    kernels.block_floats(x, Int32(length), 13, &values, &units)
    for block in 0..<blocks {
      let range = block * Self.block..<min((block + 1) * Self.block, length)
      let largest = x[range].map(abs).max() ?? 0
      let unit = units[block]
      #expect(unit.significand == 1 && unit * 4096 <= largest && largest < unit * 8192)
      for j in range { #expect(abs(Float(values[j]) * unit - x[j]) <= unit / 2) }
      for j in range.upperBound..<(block + 1) * Self.block { #expect(values[j] == 0) }
    }
  }

  @Test("zeros, the smallest and the largest numbers have finite units", arguments: Kernels.levels)
  func extremes(level: String) throws {
    let kernels = try #require(rk_kernels_named(level)).pointee
    let largest = Float.greatestFiniteMagnitude
    for (x, expected) in [
      ([Float(0), -0], [Float(0), 0]), ([.leastNonzeroMagnitude], [0]),
      ([.leastNormalMagnitude, 0], [.leastNormalMagnitude, 0]),
      ([largest, -largest], [largest, -largest]),
    ] {
      var values = [Int16](repeating: 9, count: Self.block)
      var unit: Float = 9
      kernels.block_floats(x, Int32(x.count), 13, &values, &unit)
      for (value, number) in zip(values, expected) {
        #expect(abs(Float(value) * unit - number) <= abs(number) / 8192)
      }
    }
  }

  @Test(
    "a block with a number that is not finite has NaN for its unit, and no other has",
    arguments: Kernels.levels, [Float.nan, .infinity, -.infinity])
  func notFinite(level: String, number: Float) throws {
    let kernels = try #require(rk_kernels_named(level)).pointee
    var x = [Float](repeating: 1, count: 3 * Self.block)
    x[Self.block + 5] = number
    var values = [Int16](repeating: 9, count: x.count)
    var units = [Float](repeating: 9, count: 3)
    kernels.block_floats(x, Int32(x.count), 13, &values, &units)
    #expect(units.map(\.isNaN) == [false, true, false])
    var panel = [Int16](repeating: 9, count: x.count * Self.width)
    var panelUnits = [Float](repeating: 9, count: 3 * Self.width)
    kernels.pack_block_rows(x, Int32(x.count), Int32(x.count), 1, 12, &panel, &panelUnits)
    #expect(panelUnits.indices.filter { panelUnits[$0].isNaN } == [Self.width])
    kernels.pack_block_columns(x, 1, Int32(x.count), 1, 12, &panel, &panelUnits)
    #expect(panelUnits.indices.filter { panelUnits[$0].isNaN } == [Self.width])
  }

  /// Rows, the inner dimension, columns: whole tiles, and remainders of everything.
  private static let sizes = [(6, 64, 16), (1, 1, 1), (13, 130, 70), (7, 200, 33), (12, 64, 64)]

  @Test("a product is that of the values, for both layouts of the right factor", arguments: sizes)
  func product(rows: Int, inner: Int, columns: Int) throws {
    var random = SeededGenerator(seed: 72)
    let (a, b) = (random.signed(rows * inner, 2), random.signed(columns * inner, 2))
    let transposed = (0..<inner).flatMap { i in (0..<columns).map { b[$0 * inner + i] } }
    var results: Set<[Float]> = []
    for level in Kernels.levels {
      let kernels = try #require(rk_kernels_named(level)).pointee
      for usesColumns in [false, true] {
        let c = product(
          kernels, a, usesColumns ? transposed : b, usesColumns: usesColumns, rows: rows,
          inner: inner, columns: columns)
        for row in 0..<rows {
          #expect(c[row * (columns + 1) + columns] == 7)
          for column in 0..<columns {
            var expected = 0.0
            for i in 0..<inner {
              expected += Double(a[row * inner + i]) * Double(b[column * inner + i])
            }
            let error = Double(c[row * (columns + 1) + column]) - 2 * expected
            #expect(abs(error) < 4e-3 * Double(inner).squareRoot())
          }
        }
        results.insert(c)
      }
    }
    // Bit for bit: neither the level nor the layout matters.
    #expect(results.count == 1)
  }

  /// Twice the product, added up in rows with one more column, of sevens.
  private func product(
    _ kernels: rk_kernels, _ a: [Float], _ b: [Float], usesColumns: Bool, rows: Int, inner: Int,
    columns: Int
  ) -> [Float] {
    let blocks = (inner + Self.block - 1) / Self.block
    var values = [Int16](repeating: 9, count: rows * blocks * Self.block)
    var units = [Float](repeating: 9, count: rows * blocks)
    for row in 0..<rows {
      values.withUnsafeMutableBufferPointer { values in
        units.withUnsafeMutableBufferPointer { units in
          kernels.block_floats(
            Array(a[row * inner..<(row + 1) * inner]), Int32(inner), 13,
            values.baseAddress! + row * blocks * Self.block, units.baseAddress! + row * blocks)
        }
      }
    }
    let panels = (columns + Self.width - 1) / Self.width
    var packed: [Int16] = []
    var packedUnits: [Float] = []
    for panel in 0..<panels {
      var part = [Int16](repeating: 9, count: blocks * Self.block * Self.width)
      var partUnits = [Float](repeating: 9, count: blocks * Self.width)
      let count = Int32(min(Self.width, columns - panel * Self.width))
      b.withUnsafeBufferPointer { b in
        if usesColumns {
          kernels.pack_block_columns(
            b.baseAddress! + panel * Self.width, Int32(columns), Int32(inner), count, 12, &part,
            &partUnits)
        } else {
          kernels.pack_block_rows(
            b.baseAddress! + panel * Self.width * inner, Int32(inner), Int32(inner), count, 12,
            &part, &partUnits)
        }
      }
      packed += part
      packedUnits += partUnits
    }
    var c = [Float](repeating: 7, count: rows * (columns + 1))
    for adding: Int32 in [0, 1] {
      kernels.multiply_blocks(
        values, units, Int32(rows), Int32(blocks), packed, packedUnits, &c, Int32(columns + 1),
        Int32(columns), adding)
    }
    return c
  }

  @Test("sums of the largest products of a block do not overflow", arguments: Kernels.levels)
  func overflow(level: String) throws {
    let kernels = try #require(rk_kernels_named(level)).pointee
    let largest = [Int16](repeating: 8191, count: Self.block)
    let panel = [Int16](repeating: -4095, count: Self.block * Self.width)
    var c = [Float](repeating: 0, count: Self.width)
    kernels.multiply_blocks(
      largest, [1], 1, 1, panel, [Float](repeating: 1, count: Self.width), &c, Int32(Self.width),
      Int32(Self.width), 0)
    #expect(c.allSatisfy { $0 == Float(-8191 * 4095 * 64) })
  }
}
