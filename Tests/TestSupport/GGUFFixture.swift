/// A small GGUF file put together byte by byte, sound unless it is told otherwise.
///
/// It shares no code with the reader and writer that it is used to test.
package struct GGUFFixture {
  package var magic: [UInt8] = Array("GGUF".utf8)
  package var version: UInt32 = 3
  package var alignment = 32
  package var keys: [Key] = []
  package var tensors: [Tensor] = []
  /// Counts to declare instead of the true ones.
  package var declaredKeyCount: UInt64?
  package var declaredTensorCount: UInt64?

  package init(keys: [Key] = [], tensors: [Tensor] = []) {
    self.keys = keys
    self.tensors = tensors
  }

  /// A metadata entry: name, kind and payload, all as they are to stand in the file.
  package struct Key {
    package var name: [UInt8]
    package var kind: UInt32
    package var payload: [UInt8]

    package init(_ name: String, kind: UInt32, payload: [UInt8]) {
      self.name = Array(name.utf8)
      self.kind = kind
      self.payload = payload
    }
  }

  /// A tensor entry and its data.
  package struct Tensor {
    package var name: [UInt8]
    package var dimensions: [Int64]
    package var declaredDimensionCount: UInt32?
    package var type: UInt32
    /// The relative offset to declare instead of the true one.
    package var declaredOffset: UInt64?
    package var data: [UInt8]

    package init(_ name: String, _ dimensions: [Int64], type: UInt32, data: [UInt8]) {
      self.name = Array(name.utf8)
      self.dimensions = dimensions
      self.type = type
      self.data = data
    }

    /// A tensor of `f32` (type 0).
    package static func f32(_ name: String, _ dimensions: [Int64], _ values: [Float]) -> Tensor {
      var data: [UInt8] = []
      data.put(values)
      return Tensor(name, dimensions, type: 0, data: data)
    }
  }

  /// The file.
  package var bytes: [UInt8] {
    var bytes = magic
    bytes.put(version)
    bytes.put(declaredTensorCount ?? UInt64(tensors.count))
    bytes.put(declaredKeyCount ?? UInt64(keys.count))
    for key in keys {
      bytes.put(UInt64(key.name.count))
      bytes += key.name
      bytes.put(key.kind)
      bytes += key.payload
    }
    var offset = 0
    for tensor in tensors {
      bytes.put(UInt64(tensor.name.count))
      bytes += tensor.name
      bytes.put(tensor.declaredDimensionCount ?? UInt32(tensor.dimensions.count))
      for dimension in tensor.dimensions { bytes.put(dimension) }
      bytes.put(tensor.type)
      bytes.put(tensor.declaredOffset ?? UInt64(offset))
      offset = padded(offset + tensor.data.count)
    }
    bytes += [UInt8](repeating: 0, count: padded(bytes.count) - bytes.count)
    for tensor in tensors {
      bytes += tensor.data
      bytes += [UInt8](repeating: 0, count: padded(tensor.data.count) - tensor.data.count)
    }
    return bytes
  }

  private func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }
}

extension GGUFFixture.Key {
  package static func uint16(_ name: String, _ value: UInt16) -> Self {
    number(name, kind: 2, value)
  }

  package static func uint32(_ name: String, _ value: UInt32) -> Self {
    number(name, kind: 4, value)
  }

  package static func int32(_ name: String, _ value: Int32) -> Self {
    number(name, kind: 5, value)
  }

  package static func float32(_ name: String, _ value: Float) -> Self {
    number(name, kind: 6, value.bitPattern)
  }

  package static func bool(_ name: String, _ value: Bool) -> Self {
    Self(name, kind: 7, payload: [value ? 1 : 0])
  }

  package static func string(_ name: String, _ text: String) -> Self {
    string(name, Array(text.utf8))
  }

  /// A string that need not be UTF-8.
  package static func string(_ name: String, _ text: [UInt8]) -> Self {
    var payload: [UInt8] = []
    payload.put(UInt64(text.count))
    return Self(name, kind: 8, payload: payload + text)
  }

  /// An array; `count` is what it declares.
  package static func array(
    _ name: String, of kind: UInt32, count: UInt64, _ elements: [UInt8]
  ) -> Self {
    var payload: [UInt8] = []
    payload.put(kind)
    payload.put(count)
    return Self(name, kind: 9, payload: payload + elements)
  }

  /// An array of strings.
  package static func strings(_ name: String, _ texts: [String]) -> Self {
    var elements: [UInt8] = []
    for text in texts {
      elements.put(UInt64(text.utf8.count))
      elements += Array(text.utf8)
    }
    return array(name, of: 8, count: UInt64(texts.count), elements)
  }

  private static func number(_ name: String, kind: UInt32, _ value: some FixedWidthInteger) -> Self
  {
    var payload: [UInt8] = []
    payload.put(value)
    return Self(name, kind: kind, payload: payload)
  }
}
