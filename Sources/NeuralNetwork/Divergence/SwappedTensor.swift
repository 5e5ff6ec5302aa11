import GGUF

/// The weights of a model but for one tensor, which is as another file has it.
struct SwappedTensor: WeightSource {
  let source: any WeightSource
  /// The other file.
  let other: any WeightSource
  /// The tensor of the other file. One of the same name and shape is in the model.
  let tensor: TensorDescriptor

  func read(
    _ tensor: TensorDescriptor, rows: Range<Int>, into weights: UnsafeMutableBufferPointer<Float>
  ) throws {
    guard tensor.name == self.tensor.name else {
      return try source.read(tensor, rows: rows, into: weights)
    }
    // The other's type may keep more rows together.
    let group = self.tensor.type.rowsPerGroup
    let whole =
      rows.lowerBound / group * group..<(rows.upperBound + group - 1) / group * group
    guard whole != rows else { return try other.read(self.tensor, rows: rows, into: weights) }
    let columns = tensor.columns
    try withUnsafeTemporaryAllocation(of: Float.self, capacity: whole.count * columns) { all in
      try other.read(self.tensor, rows: whole, into: all)
      let first = (rows.lowerBound - whole.lowerBound) * columns
      _ = weights.update(fromContentsOf: all[first..<first + rows.count * columns])
    }
  }

  func type(of tensor: TensorDescriptor) -> TensorType {
    tensor.name == self.tensor.name ? self.tensor.type : source.type(of: tensor)
  }
}

extension Network {
  /// The same network with one tensor as another network has it.
  func swapping(_ tensor: TensorDescriptor, from other: Network) -> Network {
    var network = self
    network.loader.source = SwappedTensor(
      source: loader.source, other: other.loader.source, tensor: tensor)
    // What is kept of weights is the base's.
    network.loader.kept = nil
    return network
  }
}
