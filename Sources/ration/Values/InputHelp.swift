import ArgumentParser

extension ArgumentHelp {
  /// What commands say of the model that they read.
  static let model = ArgumentHelp("The GGUF model; of a split one the first shard.")

  /// What commands say of a recipe that they read.
  static let recipe = ArgumentHelp(
    "The recipe: a file in any form, the name of a stock mix, a GGUF model for the types that it has, or - for standard input."
  )
}

extension CompletionKind {
  /// GGUF files.
  static let model = CompletionKind.file(extensions: ["gguf"])

  /// Importance matrices, GGUF and legacy.
  static let statistics = CompletionKind.file(extensions: ["gguf", "dat"])

  /// Texts.
  static let text = CompletionKind.file(extensions: ["txt"])

  /// Files, and the stock mixes by name.
  static let recipe = nameOrFile { SkeletonFile.stockNames }

  /// Names that mean something to an option, and files.
  static func nameOrFile(_ names: @escaping @Sendable () -> [String]) -> CompletionKind {
    .custom { _, _, typed in names() + FilePaths.beginning(with: typed) }
  }
}
