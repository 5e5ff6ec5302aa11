extension [UInt8] {
  /// Appends an integer, least significant byte first.
  package mutating func put(_ value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  /// Appends the bits of each number, least significant byte first.
  package mutating func put(_ values: [Float]) {
    for value in values { put(value.bitPattern) }
  }
}
