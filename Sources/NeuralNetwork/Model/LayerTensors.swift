import GGUF

/// The tensors of a model or of one layer, taken one by one, so that none is overlooked.
struct LayerTensors {
  private let model: ModelFile
  private let prefix: String
  private var rest: [String: TensorDescriptor]

  /// The tensors whose names begin with `prefix`.
  init(_ model: ModelFile, prefix: String) {
    self.model = model
    self.prefix = prefix
    rest = Dictionary(
      uniqueKeysWithValues: model.tensors.filter { $0.name.hasPrefix(prefix) }
        .map { ($0.name, $0) })
  }

  /// Whether there is a tensor that was not taken.
  func has(_ name: String) -> Bool { rest[prefix + name] != nil }

  /// A dimension of a tensor that must be there, 1 beyond those that it states.
  func dimension(_ index: Int, of name: String) throws(NetworkError.Problem) -> Int {
    guard let tensor = rest[prefix + name] else { throw .tensorMissing(prefix + name) }
    return index < tensor.shape.count ? tensor.shape[index] : 1
  }

  /// A tensor that must be there.
  mutating func take(
    _ name: String, shape: [Int]
  ) throws(NetworkError.Problem) -> TensorDescriptor {
    guard let tensor = try takeIfPresent(name, shape: shape) else {
      throw .tensorMissing(prefix + name)
    }
    return tensor
  }

  /// A tensor that may be there.
  mutating func takeIfPresent(
    _ name: String, shape: [Int]
  ) throws(NetworkError.Problem) -> TensorDescriptor? {
    guard let tensor = rest.removeValue(forKey: prefix + name) else { return nil }
    guard tensor.shape == shape else {
      throw .shape(tensor: tensor.name, found: tensor.shape, expected: shape)
    }
    return tensor
  }

  /// Checks that every tensor was taken, but for those of the first `layers` layers.
  func requireNoneLeft(besides layers: Int = 0) throws(NetworkError.Problem) {
    let strangers = rest.keys.filter { name in
      let parts = name.split(separator: ".", maxSplits: 2)
      guard parts.count == 3, parts[0] == "blk", let layer = Int(parts[1]) else { return true }
      return !(0..<layers ~= layer)
    }
    if let name = strangers.min() { throw .unknownTensor(name) }
  }
}
