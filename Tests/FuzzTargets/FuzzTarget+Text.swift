import GGUF
import Planning

extension FuzzTarget {
  /// The reader of recipes in all their forms, scripts among them. What it takes is the same after it was
  /// written and read again.
  static let recipe = FuzzTarget("recipe") { bytes in
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    let source = try RecipeSource(text)
    let recipe = source.recipe
    precondition(try! Recipe(parsing: recipe.text).rules == recipe.rules, "other rules")
    guard (try? recipe.outcome(for: tensors)) != nil else { return }
    _ = try source.findings(
      for: tensors, readBy: Runtime.allCases, writable: { _ in true },
      needsImportance: { _ in false })
    for format in RecipeFormat.allCases {
      if let text = try? format.text(of: recipe.outcome(for: tensors)) {
        _ = try! Recipe(parsing: text)
      }
    }
  }

  /// The reader of skeletons: recipes on conditions.
  static let skeleton = FuzzTarget("skeleton") { bytes in
    guard let text = String(validating: bytes, as: UTF8.self), Skeleton.hasConditions(text) else {
      return
    }
    let skeleton = try Skeleton(parsing: text)
    _ = skeleton.recipe(for: try outline, imatrix: true)
  }

  /// The reader of tables of measured KLDs.
  static let table = FuzzTarget("kld-table") { bytes in
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    let table = try KLDTable(parsing: text)
    precondition(table.rows.allSatisfy { $0.values.values.allSatisfy(\.isFinite) })
    _ = table.reference(among: [.IQ4_KSS, .Q4_K])
  }

  private static let tensors: [TensorDescriptor] = [
    ("token_embd.weight", [256, 512]), ("blk.0.attn_q.weight", [256, 256]),
    ("blk.0.attn_norm.weight", [256]), ("blk.0.ffn_down.weight", [576, 256]),
    ("blk.1.ffn_down_exps.weight", [256, 64, 4]), ("output.weight", [256, 512]),
  ].map { name, shape in
    try! TensorDescriptor(name: name, shape: shape, type: .BF16)
  }

  private static var outline: ModelOutline {
    get throws {
      var metadata = Metadata()
      metadata["general.architecture"] = .string("llama")
      metadata["llama.block_count"] = .uint32(2)
      return try ModelOutline(metadata: metadata, tensors: tensors)
    }
  }
}
