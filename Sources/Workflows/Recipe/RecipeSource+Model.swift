package import GGUF
package import Planning

extension RecipeSource {
  /// The recipe with rules for the tensors that a command leaves to its mix; see `QuantizeRemainder`.
  ///
  /// - Parameters:
  ///   - mix: the mix, where it is known.
  ///   - path: of the model; nil for none.
  ///   - imatrix: whether the model is to be quantized with an importance matrix.
  package func settled(mix: Skeleton?, forModel path: String?, imatrix: Bool) throws -> RecipeSource
  {
    guard remainder != nil else { return self }
    let model = try path.map { path in
      let file = try ModelFile(path: path)
      return mix == nil ? ModelOutline(tensors: file.tensors) : try file.outline()
    }
    return try settled(mix: mix, model: model, imatrix: imatrix)
  }
}

extension Session {
  /// Tells what the text of a recipe says beyond its rules, or leaves open.
  package func tell(_ remarks: [RecipeRemark], of path: String) throws(StrictError) {
    for remark in remarks {
      let sentence = "\(path.escaped): \(remark)"
      switch remark.severity {
      case .note: note(sentence)
      case .warning, .error: try warn(sentence)
      }
    }
  }
}
