/// Typed access. Each accessor is nil where the value is of another kind, so that a caller's
/// `guard let` covers both a missing key and a key of the wrong kind.
extension MetadataValue {
  /// The text of a single string, with a replacement character for what is not UTF-8.
  package var string: String? {
    isSingle(.string) ? String(decoding: payload.dropFirst(8), as: UTF8.self) : nil
  }

  /// A single number of any integer kind, if an `Int` can hold it.
  package var integer: Int? { arrayCount == nil ? integer(at: 0) : nil }

  /// A single number of any floating-point or integer kind, rounded to double precision.
  package var double: Double? { arrayCount == nil ? double(at: 0) : nil }

  /// A single truth value; every byte but 0 is true.
  package var bool: Bool? { isSingle(.bool) ? payload[0] != 0 : nil }

  /// The texts of an array of strings, with replacement characters for what is not UTF-8.
  package var strings: [String]? {
    guard kind == .string, let arrayCount else { return nil }
    var texts: [String] = []
    texts.reserveCapacity(arrayCount)
    payload.withUnsafeBytes { bytes in
      var start = 0
      while start < bytes.count {
        let length = Int(bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self).littleEndian)
        start += 8
        texts.append(String(decoding: bytes[start..<start + length], as: UTF8.self))
        start += length
      }
    }
    return texts
  }

  /// The elements of an array of any integer kind, if an `Int` can hold each.
  package var integers: [Int]? { elements(integer(at:)) }

  /// The elements of an array of any floating-point or integer kind.
  package var doubles: [Double]? { elements(double(at:)) }

  /// The elements of an array of truth values; every byte but 0 is true.
  package var bools: [Bool]? {
    kind == .bool && arrayCount != nil ? payload.map { $0 != 0 } : nil
  }

  private func isSingle(_ kind: Kind) -> Bool { self.kind == kind && arrayCount == nil }

  private func elements<Element>(_ element: (Int) -> Element?) -> [Element]? {
    guard let arrayCount, kind != .string, kind != .bool else { return nil }
    var elements: [Element] = []
    elements.reserveCapacity(arrayCount)
    for index in 0..<arrayCount {
      guard let value = element(index) else { return nil }
      elements.append(value)
    }
    return elements
  }

  private func integer(at index: Int) -> Int? {
    switch kind {
    case .uint8: Int(load(index, UInt8.self))
    case .int8: Int(load(index, Int8.self))
    case .uint16: Int(load(index, UInt16.self))
    case .int16: Int(load(index, Int16.self))
    case .uint32: Int(load(index, UInt32.self))
    case .int32: Int(load(index, Int32.self))
    case .uint64: Int(exactly: load(index, UInt64.self))
    case .int64: Int(load(index, Int64.self))
    case .float32, .float64, .bool, .string: nil
    }
  }

  private func double(at index: Int) -> Double? {
    switch kind {
    case .float32: Double(Float(bitPattern: load(index, UInt32.self)))
    case .float64: Double(bitPattern: load(index, UInt64.self))
    case .uint64: Double(load(index, UInt64.self))
    default: integer(at: index).map(Double.init)
    }
  }

  private func load<Number: FixedWidthInteger>(_ index: Int, _ type: Number.Type) -> Number {
    payload.withUnsafeBytes { bytes in
      bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Number>.size, as: Number.self)
        .littleEndian
    }
  }
}
