package import GGUF
package import Planning

extension Recipe {
  /// The recipe that gives every tensor the type that it has in a model. Tensors that keep their type by nature have no
  /// rule, as in the recipe of a plan.
  package init(typesOf model: ModelFile) throws {
    let all = Recipe(assigning: model.tensors.map { ($0.name, $0.type) })
    self.init(assigning: try all.outcome(for: model.tensors).ruled)
  }
}
