/// A metadata value, held as the file holds it.
///
/// Nothing is decoded until it is asked for, so that a vocabulary of 150,000 strings costs one
/// array of bytes, and that text which is not UTF-8 or a Boolean stored as 2 is copied unchanged.
package struct MetadataValue: Sendable, Hashable {
  /// What a single value is, by its id in the file (`gguf_type` in `gguf.h`).
  package enum Kind: UInt32, Sendable, CaseIterable {
    case uint8 = 0
    case int8 = 1
    case uint16 = 2
    case int16 = 3
    case uint32 = 4
    case int32 = 5
    case float32 = 6
    case bool = 7
    case string = 8
    case uint64 = 10
    case int64 = 11
    case float64 = 12

    /// The id that announces an array, which is not a kind of its elements.
    static let arrayID: UInt32 = 9

    /// Bytes of one value; nil for strings, whose length varies.
    var byteCount: Int? {
      switch self {
      case .uint8, .int8, .bool: 1
      case .uint16, .int16: 2
      case .uint32, .int32, .float32: 4
      case .uint64, .int64, .float64: 8
      case .string: nil
      }
    }
  }

  /// The kind of the value, or of the array's elements.
  package let kind: Kind
  /// The number of elements of an array; nil where the value is a single one.
  package let arrayCount: Int?
  /// The value or the elements, little-endian, each string preceded by its length as `UInt64`.
  package let payload: [UInt8]

  /// - Precondition: `payload` holds exactly the value or elements announced; accessors rely on it.
  init(kind: Kind, arrayCount: Int?, payload: [UInt8]) {
    self.kind = kind
    self.arrayCount = arrayCount
    self.payload = payload
  }
}

extension MetadataValue {
  /// A single `uint8`.
  package static func uint8(_ value: UInt8) -> Self { Self(.uint8, value) }
  /// A single `int8`.
  package static func int8(_ value: Int8) -> Self { Self(.int8, value) }
  /// A single `uint16`.
  package static func uint16(_ value: UInt16) -> Self { Self(.uint16, value) }
  /// A single `int16`.
  package static func int16(_ value: Int16) -> Self { Self(.int16, value) }
  /// A single `uint32`.
  package static func uint32(_ value: UInt32) -> Self { Self(.uint32, value) }
  /// A single `int32`.
  package static func int32(_ value: Int32) -> Self { Self(.int32, value) }
  /// A single `uint64`.
  package static func uint64(_ value: UInt64) -> Self { Self(.uint64, value) }
  /// A single `int64`.
  package static func int64(_ value: Int64) -> Self { Self(.int64, value) }
  /// A single `float32`.
  package static func float32(_ value: Float) -> Self { Self(.float32, value.bitPattern) }
  /// A single `float64`.
  package static func float64(_ value: Double) -> Self { Self(.float64, value.bitPattern) }
  /// A single `bool`, stored as 1 or 0.
  package static func bool(_ value: Bool) -> Self { Self(.bool, value ? 1 : 0 as UInt8) }

  /// A single string.
  package static func string(_ text: String) -> Self {
    var payload: [UInt8] = []
    payload.append(text: text.utf8)
    return Self(kind: .string, arrayCount: nil, payload: payload)
  }

  /// An array of strings.
  package static func strings(_ texts: [String]) -> Self {
    var payload: [UInt8] = []
    for text in texts { payload.append(text: text.utf8) }
    return Self(kind: .string, arrayCount: texts.count, payload: payload)
  }

  /// An array of 32-bit integers.
  package static func int32s(_ values: [Int32]) -> Self {
    var payload: [UInt8] = []
    for value in values { payload.append(littleEndian: value) }
    return Self(kind: .int32, arrayCount: values.count, payload: payload)
  }

  private init(_ kind: Kind, _ value: some FixedWidthInteger) {
    var payload: [UInt8] = []
    payload.append(littleEndian: value)
    self.init(kind: kind, arrayCount: nil, payload: payload)
  }
}
