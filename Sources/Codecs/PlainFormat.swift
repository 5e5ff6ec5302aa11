import GGUF
import KernelsC

/// A type that keeps each weight as a number by itself: nothing is searched, and importance does not matter.
protocol PlainFormat: RowFormat {
  /// Rounds `count` weights into `count × type.bytesPerBlock` bytes.
  static func write(
    _ weights: UnsafePointer<Float>, count: Int, into bytes: UnsafeMutableRawPointer)
}

extension PlainFormat {
  static func encoding(columns: Int) -> any RowEncoding { PlainEncoding<Self>() }

  static var unitColumns: Int { 1 }
}

private final class PlainEncoding<Format: PlainFormat>: RowEncoding {
  func weigh(by errorWeights: UnsafeBufferPointer<Float>?) {}

  func prepare(_ weights: UnsafeBufferPointer<Float>, into row: UnsafeMutableRawPointer) {
    Format.write(weights.baseAddress!, count: weights.count, into: row)
  }

  func isAtLimit(_ block: Int) -> Bool { false }

  func round(
    _ unit: Int, to target: UnsafeBufferPointer<Float>, in row: UnsafeMutableRawPointer
  ) {
    Format.write(
      target.baseAddress!, count: target.count, into: row + unit * Format.type.bytesPerBlock)
  }

  func decode(
    _ unit: Int, of row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>
  ) {
    Format.decode(row + unit * Format.type.bytesPerBlock, into: weights)
  }

  // Nothing is chosen: `RowEncoder.canCompensate` says so.
  func weighRounding(by errorWeights: UnsafeBufferPointer<Float>) {}
  func choose(_ unit: Int, for target: UnsafeBufferPointer<Float>) {}
  func write(into row: UnsafeMutableRawPointer) {}
  var levels: UnsafePointer<rk_levels>? { nil }
  func scaling(of unit: Int) -> (scale: Float, offset: Float) { (0, 0) }
  func setCodes(of unit: Int, to codes: UnsafePointer<UInt8>, stride: Int) {}
}
