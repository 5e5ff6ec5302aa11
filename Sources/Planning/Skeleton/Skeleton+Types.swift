package import GGUF

extension Skeleton {
  /// The types that the skeleton gives to the tensors of a model, in its order; nil for a tensor
  /// that keeps its type: because a `KeepRule` says so, no rule is about it, or neither the type of
  /// its rule nor the substitute for that fits its rows.
  ///
  /// - Parameter imatrix: Whether the model is to be quantized with an importance matrix.
  package func types(for model: ModelOutline, imatrix: Bool) -> [TensorType?] {
    let situation = SkeletonSituation(model: model, imatrix: imatrix)
    var types = [TensorType?](repeating: nil, count: model.tensors.count)
    // Rules on conditions come in groups of one pattern.
    var matches: [String: [Int]] = [:]
    for rule in rules {
      let (pattern, type) = (rule.typeRule.pattern, rule.typeRule.type)
      let indices = matches[pattern.text] ?? model.matches(of: pattern)
      matches[pattern.text] = indices
      for (place, index) in indices.enumerated() where types[index] == nil {
        let subject = SkeletonSubject(
          situation: situation, tensor: model.tensors[index], place: place)
        if rule.conditions.allSatisfy({ $0.holds(for: subject) }) { types[index] = type }
      }
    }
    return zip(types, model.tensors).map { type, tensor in type?.fitted(to: tensor.shape) }
  }

  /// The skeleton written out for one model: a recipe without conditions, of rules that any program
  /// reads alike, for the tensors that do not keep their type.
  package func recipe(for model: ModelOutline, imatrix: Bool) -> Recipe {
    let assigned = zip(model.tensors, types(for: model, imatrix: imatrix)).compactMap {
      tensor, type in type.map { (name: tensor.name, type: $0) }
    }
    return Recipe(assigning: assigned, provenance: provenance)
  }
}

extension ModelOutline {
  /// The tensors that may be quantized and match, in the order of the file.
  fileprivate func matches(of pattern: TensorPattern) -> [Int] {
    tensors.indices.filter { tensors[$0].isQuantizable && pattern.matches(tensors[$0].name) }
  }
}
