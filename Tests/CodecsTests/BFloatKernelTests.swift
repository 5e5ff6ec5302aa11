import Codecs
import KernelsC
import Testing
import TestSupport

/// Products of matrices of `bf16`, on machines that have instructions for them.
@Suite(.enabled(if: Kernels.bfloat != nil)) struct BFloatKernelTests {
  /// Rows, pairs of the inner dimension, columns: whole tiles, and remainders of everything.
  private static let sizes = [(6, 16, 64), (1, 1, 1), (13, 17, 50), (7, 40, 63), (12, 33, 16)]

  @Test("a product is that of the values, for both layouts of the right factor", arguments: sizes)
  func product(rows: Int, pairs: Int, columns: Int) throws {
    let kernels = try #require(Kernels.bfloat).pointee
    var random = SeededGenerator(seed: 51)
    let a = random.bfloats(rows * 2 * pairs)
    let b = random.bfloats(columns * 2 * pairs)
    let transposed = (0..<2 * pairs).flatMap { inner in
      (0..<columns).map { b[$0 * 2 * pairs + inner] }
    }
    var expected = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        for inner in 0..<2 * pairs {
          expected[row * columns + column] +=
            value(a[row * 2 * pairs + inner]) * value(b[column * 2 * pairs + inner])
        }
      }
    }
    let panel = UnsafeMutableRawBufferPointer.allocate(
      byteCount: 4 * pairs * Int(RK_PANEL_COLUMNS), alignment: 64)
    defer { panel.deallocate() }
    let values = panel.bindMemory(to: UInt16.self).baseAddress!
    for usesColumns in [false, true] {
      if usesColumns {
        kernels.pack_columns(transposed, Int32(columns), Int32(pairs), Int32(columns), values)
      } else {
        kernels.pack_rows(b, Int32(2 * pairs), Int32(pairs), Int32(columns), values)
      }
      // One more column that must stay as it is.
      var c = [Float](repeating: 7, count: rows * (columns + 1))
      for times in 1...2 {
        kernels.multiply(
          a, Int32(2 * pairs), values, Int32(pairs), Int32(rows), &c, Int32(columns + 1),
          Int32(columns), times == 1 ? 0 : 1)
        for row in 0..<rows {
          #expect(c[row * (columns + 1) + columns] == 7)
          for column in 0..<columns {
            let error =
              Double(c[row * (columns + 1) + column])
              - Double(times) * expected[row * columns + column]
            #expect(abs(error) < 1e-4)
          }
        }
      }
    }
  }

  private func value(_ bfloat: UInt16) -> Double {
    Double(Float(bitPattern: UInt32(bfloat) << 16))
  }
}

extension SeededGenerator {
  /// Numbers of either sign from 1/8 to 2.
  fileprivate mutating func bfloats(_ count: Int) -> [UInt16] {
    (0..<count).map { _ in
      let bits = UInt16(truncatingIfNeeded: next())
      return bits & 0x807f | (124 + bits >> 8 & 3) << 7
    }
  }
}
