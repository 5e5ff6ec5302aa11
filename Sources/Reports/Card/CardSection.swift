import GGUF
import NeuralNetwork
package import Planning

/// What a card says of one quantized file.
package struct CardSection: Sendable {
  /// The file.
  package let file: CardFile
  /// The rules that give every tensor its type.
  package let recipe: Recipe
  /// The name of the model's file.
  let model: String
  /// Whether weights were quantized that had been so before.
  let requantizes: Bool
  /// What the file loses; nil where nobody has evaluated it.
  package let evaluation: EvaluationRecord?

  /// - Parameter base: the model that the file was made from.
  package init(
    _ file: CardFile, recipe: Recipe, base: CardFile, evaluation: EvaluationRecord?
  ) {
    self.file = file
    self.recipe = recipe
    self.evaluation = evaluation
    model = base.name
    let types = Dictionary(
      file.tensors.map { ($0.name, $0.type.id) }, uniquingKeysWith: { first, _ in first })
    requantizes = base.tensors.contains { tensor in
      tensor.type.isQuantized && types[tensor.name] != tensor.type.id
    }
  }

  /// The section.
  var markdown: String {
    let parts = [
      "## \(Markdown.text(file.label)) \(file.size)\n", names, perplexity, requirement, details,
    ]
    return parts.compactMap { $0 }.joined(separator: "\n")
  }

  private var names: String {
    let others = file.shards > 1 ? " and \(file.shards - 1) more" : ""
    return "\(Markdown.code(file.name))\(others)\n"
  }

  /// The perplexity in the words of `llama-perplexity`.
  private var perplexity: String? {
    evaluation.map { evaluation in
      let figure = evaluation.perplexity.ofPerplexity
      return
        "Final estimate: PPL over \(evaluation.chunks) chunks for n_ctx=\(evaluation.context) = "
        + "\(figure.value) +/- \(figure.error)\n"
    }
  }

  /// Which program it takes, where its types leave no choice.
  private var requirement: String? {
    let programs: [(runtime: Runtime, other: Runtime)] = [(.ik, .mainline), (.mainline, .ik)]
    for (runtime, other) in programs {
      let types = file.types(refusedBy: other)
      guard !types.isEmpty, file.types(refusedBy: runtime).isEmpty else { continue }
      return "**Requires [\(runtime.title)](\(runtime.address)).** \(other.title) does not load "
        + "\(Markdown.codes(types)).\n"
    }
    return nil
  }

  private var details: String {
    let script = CardScript(recipe: recipe, model: model, requantizes: requantizes, file: file)
    let parts = [
      "<details>\n\n<summary>👈 Recipe</summary>\n", Markdown.block(script.bash, language: "bash"),
      file.typeTable.markdown, origin, "</details>\n",
    ]
    return parts.compactMap { $0 }.joined(separator: "\n")
  }

  /// How the file was made, where Ration made it. What it was predicted to lose stands only beside what it loses.
  private var origin: String? {
    let provenance = file.provenance
    guard !provenance.isEmpty else { return nil }
    let version = provenance.version.map { " \(Markdown.text($0))" } ?? ""
    let predicted = evaluation == nil ? nil : provenance.predictedKLD
    let promise =
      predicted.map {
        " Its plan predicted a KL divergence of \(Figures.short($0)) nats per token."
      } ?? ""
    return "Made by ration\(version).\(promise)\n" + (digests.map { "\n\($0)" } ?? "")
  }

  /// What the file was made from, as it says itself; nil where it does not.
  private var digests: String? {
    let provenance = file.provenance
    // The file may be made by other rules to the same effect, as a stock mix has them.
    let isOfTheseRules = provenance.recipeDigest == ContentDigest(of: recipe.tensorTypeFile)
    let statistics = file.statistics.map { " \(Markdown.code($0))" } ?? ""
    let digests: [(String, ContentDigest?)] = [
      (isOfTheseRules ? "these rules" : "a recipe of other rules", provenance.recipeDigest),
      ("the tensors of \(Markdown.code(model))", provenance.sourceDigest),
      ("the statistics\(statistics)", provenance.statisticsDigest),
    ]
    guard digests.contains(where: { $0.1 != nil }) else { return nil }
    var table = MarkdownTable([("Made from", .left), ("SHA-256", .left)])
    for case (let name, let digest?) in digests {
      table.add([name, Markdown.code(digest.hexadecimal)])
    }
    return table.markdown
  }
}

extension Runtime {
  /// What the program is called.
  fileprivate var title: String {
    switch self {
    case .ik: "ik_llama.cpp"
    case .mainline: "llama.cpp"
    }
  }

  /// Where the program is found.
  fileprivate var address: String {
    switch self {
    case .ik: "https://github.com/ikawrakow/ik_llama.cpp"
    case .mainline: "https://github.com/ggml-org/llama.cpp"
    }
  }
}
