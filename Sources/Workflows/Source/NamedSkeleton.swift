package import GGUF
package import Planning

/// A skeleton and what it is called.
package struct NamedSkeleton: Sendable {
  package let name: String
  package let skeleton: Skeleton
  /// The file that it was read from; nil for one that was not read.
  package let path: String?
  /// What its text says beyond its rules.
  package let remarks: [RecipeRemark]

  package init(
    name: String, skeleton: Skeleton, path: String? = nil, remarks: [RecipeRemark] = []
  ) {
    self.name = name
    self.skeleton = skeleton
    self.path = path
    self.remarks = remarks
  }

  /// The recipe that it is for one model.
  ///
  /// - Parameter imatrix: whether the model is to be quantized with an importance matrix.
  package func recipe(forModel path: String, imatrix: Bool) throws -> Recipe {
    skeleton.recipe(for: try ModelFile(path: path).outline(), imatrix: imatrix)
  }

  /// The types that it gives to the tensors of a model.
  func mix(for outline: ModelOutline, imatrix: Bool) -> Mix {
    let types = zip(outline.tensors, skeleton.types(for: outline, imatrix: imatrix)).compactMap {
      tensor, type in type.map { (tensor.name, $0) }
    }
    return Mix(name: name, types: Dictionary(uniqueKeysWithValues: types))
  }
}

extension ModelFile {
  /// What skeletons need to know of the model.
  func outline() throws(UnknownShape) -> ModelOutline {
    do throws(ModelOutlineError) {
      return try ModelOutline(metadata: metadata, tensors: tensors)
    } catch {
      throw UnknownShape(path: path, problem: error)
    }
  }
}

/// A model whose shape a skeleton cannot be fitted to.
package struct UnknownShape: ClassifiedError {
  package let path: String
  package let problem: ModelOutlineError
  package var kind: ErrorKind { .badInput }
  package var description: String { "\(path.escaped): \(problem)" }
}
