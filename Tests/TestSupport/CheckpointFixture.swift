package import GGUF

/// A checkpoint of a calibration taken apart, to be changed and put together again with a digest that holds.
package struct CheckpointFixture {
  package var key: String
  package var sites: [String]
  package var vectors: [Vector]

  package struct Vector {
    package var name: String
    package var shape: [Int]
    package var values: [Double]
  }

  /// Takes a checkpoint apart; nil for another file.
  package init?(_ file: ModelFile) throws {
    guard let key = file.metadata["ration.calibration.key"]?.string,
      let sites = file.metadata["ration.calibration.sites"]?.strings
    else { return nil }
    self.key = key
    self.sites = sites
    vectors = []
    for tensor in file.tensors {
      guard tensor.type == .F64 else { return nil }
      let values = try [Double](unsafeUninitializedCapacity: tensor.elements) { buffer, count in
        try file.read(
          tensor, byteRange: 0..<tensor.byteCount, into: UnsafeMutableRawBufferPointer(buffer))
        count = tensor.elements
      }
      vectors.append(Vector(name: tensor.name, shape: tensor.shape, values: values))
    }
  }

  /// Where a vector of this name stands.
  package func index(of name: String) -> Int? { vectors.firstIndex { $0.name == name } }

  /// The file, with the digest that it has to have.
  package var bytes: [UInt8] {
    var hasher = ContentHasher()
    hasher.add(key)
    hasher.add(UInt64(sites.count))
    for site in sites { hasher.add(site) }
    for vector in vectors {
      hasher.add(vector.name)
      hasher.add(UInt64(vector.shape.count))
      for dimension in vector.shape { hasher.add(UInt64(dimension)) }
      vector.values.withUnsafeBytes { hasher.add($0) }
    }
    return GGUFFixture(
      keys: [
        .string("general.type", "ration.calibration"), .string("ration.calibration.key", key),
        .strings("ration.calibration.sites", sites),
        .string("ration.calibration.sha256", hasher.finish().hexadecimal),
      ],
      tensors: vectors.map { vector in
        GGUFFixture.Tensor(
          vector.name, vector.shape.map(Int64.init), type: TensorType.F64.id,
          data: vector.values.withUnsafeBytes { Array($0) })
      }
    ).bytes
  }
}
