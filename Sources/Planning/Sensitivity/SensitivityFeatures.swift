import Foundation

/// What the prior looks at in a tensor.
package struct SensitivityFeatures: Sendable {
  /// The name without block and `weight`: `attn_q`, `ffn_down_exps`, `token_embd`.
  package let role: String
  /// ln of the number of weights; of one expert's where there are several, since a token passes
  /// through few.
  package let logWeights: Double
  /// 1 for the token embedding of a model without an output matrix, else 0.
  package let tiedEmbedding: Double
  /// In a model with experts the place of the tensor's block among them, from 0 for the first to 1 for
  /// the last; else 0, also outside blocks.
  ///
  /// A disturbance of early blocks sends tokens to other experts in all that follow; models without
  /// experts have no common trend.
  package let expertDepth: Double

  /// The features of each tensor of a model, by name.
  package static func of(_ shapes: [String: TensorShape]) -> [String: SensitivityFeatures] {
    let places = shapes.keys.map { (name: $0, place: place(of: $0)) }
    let lastBlock = max(places.compactMap(\.place.block).max() ?? 0, 1)
    let hasExperts = places.contains { isExperts($0.place.role) }
    let hasOutput = places.contains { $0.place.role == "output" }

    return Dictionary(
      uniqueKeysWithValues: places.map { name, place in
        let dimensions = shapes[name]?.dimensions ?? []
        let weights = (isExperts(place.role) ? dimensions.prefix(2) : dimensions[...])
          .reduce(1) { $0 * Double($1) }
        return (
          name,
          SensitivityFeatures(
            role: place.role,
            logWeights: log(max(weights, 1)),
            tiedEmbedding: place.role == "token_embd" && !hasOutput ? 1 : 0,
            expertDepth: hasExperts ? Double(place.block ?? 0) / Double(lastBlock) : 0)
        )
      })
  }

  private static func place(of name: String) -> (role: String, block: Int?) {
    let (role, block) = TensorRole.split(name)
    let parts = role.suffix.split(separator: ".")
    let named = parts.last == "weight" ? parts.dropLast() : parts[...]
    return (named.joined(separator: "."), block.flatMap { Int($0) })
  }

  private static func isExperts(_ role: String) -> Bool { role.hasSuffix("exps") }
}
