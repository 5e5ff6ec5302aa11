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

  @Test("columns of two panels are multiplied with each other, and added", arguments: [1, 16, 33])
  func panels(pairs: Int) throws {
    let kernels = try #require(Kernels.bfloat).pointee
    let columns = Int(RK_PANEL_COLUMNS)
    var random = SeededGenerator(seed: 52)
    let values = (0..<2).map { _ in random.bfloats(2 * pairs * columns) }
    let panels = values.map { values in
      let panel = UnsafeMutablePointer<UInt16>.allocate64(2 * pairs * columns)
      kernels.pack_columns(values, Int32(columns), Int32(pairs), Int32(columns), panel)
      return panel
    }
    defer { for panel in panels { panel.deallocate() } }
    // One more column that must stay as it is.
    var c = [Float](repeating: 7, count: columns * (columns + 1))
    kernels.add_panels(panels[0], panels[1], Int32(pairs), &c, Int32(columns + 1))
    for row in 0..<columns {
      #expect(c[row * (columns + 1) + columns] == 7)
      for column in 0..<columns {
        let product = (0..<2 * pairs).reduce(0) { sum, inner in
          sum + value(values[0][inner * columns + row]) * value(values[1][inner * columns + column])
        }
        #expect(abs(Double(c[row * (columns + 1) + column]) - 7 - product) < 1e-4)
      }
    }
  }

  private func value(_ bfloat: UInt16) -> Double {
    Double(Float(bitPattern: UInt32(bfloat) << 16))
  }
}

extension UnsafeMutablePointer<UInt16> {
  /// Memory at a multiple of 64 bytes.
  fileprivate static func allocate64(_ count: Int) -> Self {
    UnsafeMutableRawPointer.allocate(byteCount: 2 * count, alignment: 64)
      .bindMemory(to: UInt16.self, capacity: count)
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
