import KernelsC

/// Little-endian numbers at any address.
extension UnsafeRawPointer {
  @inline(__always)
  func byte(_ offset: Int) -> Int { Int(load(fromByteOffset: offset, as: UInt8.self)) }

  @inline(__always)
  func signedByte(_ offset: Int) -> Int { Int(load(fromByteOffset: offset, as: Int8.self)) }

  @inline(__always)
  func word(_ offset: Int) -> Int {
    Int(UInt16(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
  }

  @inline(__always)
  func doubleWord(_ offset: Int) -> UInt32 {
    UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  @inline(__always)
  func half(_ offset: Int) -> Float { rk_half_to_float(UInt16(truncatingIfNeeded: word(offset))) }

  @inline(__always)
  func single(_ offset: Int) -> Float {
    Float(bitPattern: doubleWord(offset))
  }
}

extension UnsafeMutableRawPointer {
  @inline(__always)
  func setByte(_ offset: Int, _ value: Int) {
    storeBytes(of: UInt8(truncatingIfNeeded: value), toByteOffset: offset, as: UInt8.self)
  }

  @inline(__always)
  func orByte(_ offset: Int, _ value: Int) {
    let old = load(fromByteOffset: offset, as: UInt8.self)
    storeBytes(of: old | UInt8(truncatingIfNeeded: value), toByteOffset: offset, as: UInt8.self)
  }

  @inline(__always)
  func setWord(_ offset: Int, _ value: Int) {
    storeBytes(
      of: UInt16(truncatingIfNeeded: value).littleEndian, toByteOffset: offset, as: UInt16.self)
  }
}
