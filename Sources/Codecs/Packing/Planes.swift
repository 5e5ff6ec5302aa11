import KernelsC

/// Codes of a block as they lie in a row's bytes: low bits in one plane, and for some types high bits
/// in another. A decoder says where they are; the kernels do the rest.
struct Planes {
  private var planes: rk_planes

  /// Codes of `bits` bits at `shift` in consecutive bytes.
  init(_ bytes: UnsafeRawPointer, shift: Int = 0, bits: Int) {
    planes = rk_planes()
    planes.low = bytes.assumingMemoryBound(to: UInt8.self)
    planes.low_shift = Int32(shift)
    planes.low_mask = Int32(1 << bits - 1)
  }

  /// These codes with `bits` higher bits each, at `shift` in further consecutive bytes.
  func with(high bytes: UnsafeRawPointer, shift: Int, bits: Int, above place: Int) -> Planes {
    var copy = self
    copy.planes.high = bytes.assumingMemoryBound(to: UInt8.self)
    copy.planes.high_shift = Int32(shift)
    copy.planes.high_mask = Int32(1 << bits - 1)
    copy.planes.high_place = Int32(place)
    return copy
  }

  /// These codes with one higher bit each: bit j of `word` belongs to code j.
  func with(highBits word: UInt32, above place: Int) -> Planes {
    var copy = self
    copy.planes.high_bits = word
    copy.planes.high_mask = 1
    copy.planes.high_place = Int32(place)
    return copy
  }

  /// Writes scale × the value of each code, `count` a multiple of 16.
  func decode(
    _ count: Int, values: UnsafePointer<Float>, of size: Int, scale: Float,
    into weights: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: planes) {
      Kernels.active.pointee.look_up($0, Int32(count), values, Int32(size), scale, weights)
    }
  }

  /// Writes (code − bias) × scale − minimum, `count` a multiple of 16.
  func decode(
    _ count: Int, bias: Int = 0, scale: Float, minimum: Float = 0,
    into weights: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: planes) {
      Kernels.active.pointee.linear($0, Int32(count), Int32(bias), scale, minimum, weights)
    }
  }
}
