package import GGUF

/// Numbers under a name, which files of statistics hold as tensors.
package struct NamedVector {
  package let name: String
  /// Fastest dimension first.
  package let shape: [Int]
  package let values: [Double]

  package init(name: String, shape: [Int], values: [Double]) {
    self.name = name
    self.shape = shape
    self.values = values
  }
}

extension [NamedVector] {
  /// Writes the vectors as a GGUF file, whole or not at all.
  ///
  /// - Parameters:
  ///   - type: `.F32`, to which values are rounded, or `.F64`.
  ///   - reservation: the output, of one file.
  /// - Returns: What is uncertain about the file although it is complete, in a sentence; mostly nil.
  @discardableResult
  package func write(
    as type: TensorType, _ metadata: Metadata, to reservation: Reservation
  ) throws -> String? {
    let layout: FileLayout
    do throws(FormatError.Problem) {
      layout = try FileLayout(
        metadata: metadata, tensors: map { (name: $0.name, shape: $0.shape, type: type) })
    } catch {
      throw FormatError(path: reservation.outputs[0], error)
    }
    let writer = try ModelFileWriter([layout], to: reservation)
    for (index, vector) in enumerated() {
      let bytes =
        type == .F32 ? vector.values.map(Float.init).littleEndian : vector.values.littleEndian
      try bytes.withUnsafeBytes { try writer.write($0, tensor: index, at: 0) }
    }
    return try writer.finish()
  }
}

extension [Float] {
  /// The bytes of the numbers in a file.
  package var littleEndian: [UInt8] {
    flatMap { number in
      Swift.withUnsafeBytes(of: number.bitPattern.littleEndian) { Array<UInt8>($0) }
    }
  }
}

extension [Double] {
  /// The bytes of the numbers in a file.
  package var littleEndian: [UInt8] {
    flatMap { number in
      Swift.withUnsafeBytes(of: number.bitPattern.littleEndian) { Array<UInt8>($0) }
    }
  }

  /// Numbers from their bytes in a file.
  package init(littleEndian bytes: [UInt8]) {
    let size = MemoryLayout<Double>.size
    self = bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / size).map { index in
        let bits = bytes.loadUnaligned(fromByteOffset: index * size, as: UInt64.self)
        return Double(bitPattern: UInt64(littleEndian: bits))
      }
    }
  }
}
