package import GGUF

/// Two files that are not the same model.
package struct ModelMismatch: ClassifiedError {
  package let path: String
  package let source: String
  package let tensor: String
  package let shape: [Int]
  /// The shape in the other file; nil where it lacks the tensor.
  package let found: [Int]?

  package var kind: ErrorKind { .badInput }

  package var description: String {
    let here = "tensor \(tensor.escaped), \(shape) in \(source.escaped),"
    return found.map { "\(path.escaped): \(here) is \($0) here" }
      ?? "\(path.escaped): \(here) is missing here"
  }
}

extension ModelFile {
  /// The tensor of this model that belongs to a tensor of its source.
  func counterpart(
    of tensor: TensorDescriptor, in source: ModelFile
  ) throws(ModelMismatch) -> TensorDescriptor {
    guard let own = self[tensor.name], own.shape == tensor.shape else {
      throw ModelMismatch(
        path: path, source: source.path, tensor: tensor.name, shape: tensor.shape,
        found: self[tensor.name]?.shape)
    }
    return own
  }

  /// Checks that this model has the tensors of its source in their shapes, and no others.
  func checkTensors(areThoseOf source: ModelFile) throws(ModelMismatch) {
    for tensor in source.tensors { _ = try counterpart(of: tensor, in: source) }
    for tensor in tensors { _ = try source.counterpart(of: tensor, in: self) }
  }
}
