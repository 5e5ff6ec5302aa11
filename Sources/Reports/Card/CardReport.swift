package import GGUF
import Planning

/// A model card: what a page of Hugging Face says of quantized files, in Markdown.
package struct CardReport: TextReport {
  /// The model that was quantized.
  package let base: CardFile
  /// What it was quantized to, in the order of their sections.
  package let sections: [CardSection]
  /// What the model was compared with besides.
  package let others: [EvaluationRecord]
  /// What stands in YAML before the card.
  let frontMatter: FrontMatter
  /// What the model is called.
  let title: String
  /// The address of the picture, as seen from the card; nil without one.
  package var picture: String?

  /// - Parameters:
  ///   - metadata: of the model.
  ///   - repository: where the model was published; nil leaves it to the metadata.
  ///   - author: who quantized it; nil leaves that out.
  ///   - others: evaluations of files that the card has no section for.
  package init(
    base: CardFile, metadata: Metadata, repository: HubRepository?, author: String?,
    sections: [CardSection], others: [EvaluationRecord]
  ) {
    let repository = repository ?? HubRepository(of: metadata)
    self.base = base
    self.sections = sections
    self.others = others
    frontMatter = FrontMatter(
      metadata, repository: repository, author: author, files: sections.map(\.file))
    title =
      repository?.markdown
      ?? Markdown.text(metadata.text("general.name") ?? base.name)
  }

  /// Whether the card says what it is a quantization of.
  package var namesBase: Bool { frontMatter.namesBase }

  /// The card.
  package func text(columns: Int?) -> String {
    let parts = [frontMatter.yaml, "# Quantizations of \(title)\n", table.markdown, place, image]
    return (parts.compactMap { $0 } + sections.map(\.markdown)).joined(separator: "\n")
  }

  /// All evaluations on the card.
  private var evaluations: [EvaluationRecord] { others + sections.compactMap(\.evaluation) }

  /// The files side by side, those of most bits first behind the base.
  private var table: CardTable {
    CardTable(base: base, sections: sections, others: others)
  }

  /// What the figures are of; nil where there are none.
  private var place: String? {
    evaluations.first.map { evaluation in
      let texts = Markdown.codes(evaluation.texts)
      let rounding =
        evaluation.activations == "f32"
        ? "" : " Activations are rounded to \(Markdown.code(evaluation.activations))."
      return
        "Perplexity and KL divergence over \(texts), \(evaluation.chunks) × \(evaluation.context) tokens. "
        + "The divergence is in nats per token, from \(Markdown.code(base.name)).\(rounding)\n"
    }
  }

  private var image: String? {
    picture.map { "![Type of each tensor, by layer and kind](\(Markdown.target($0)))\n" }
  }
}

extension FrontMatter {
  /// Kinds of models that `general.tags` name among other tags, and that a hub wants to know by themselves.
  private static let tasks = ["text-generation", "image-text-to-text", "any-to-any"]

  /// What files say of themselves; of a model's origin and licence only what its metadata have.
  fileprivate init(
    _ metadata: Metadata, repository: HubRepository?, author: String?, files: [CardFile]
  ) {
    self.init()
    let tags = metadata.texts("general.tags")
    add("quantized_by", author)
    add("pipeline_tag", tags.first(where: Self.tasks.contains))
    add("library_name", "gguf")
    add("base_model", repository?.name)
    add("base_model_relation", repository == nil ? nil : "quantized")
    add("license", metadata.text("general.license"))
    add("license_name", metadata.text("general.license.name"))
    add("license_link", metadata.text("general.license.link"))
    add("language", metadata.texts("general.languages"))
    var all = ["gguf"]
    if files.contains(where: { $0.statistics != nil }) { all.append("imatrix") }
    if files.contains(where: { !$0.types(refusedBy: .mainline).isEmpty }) {
      all.append("ik_llama.cpp")
    }
    add("tags", all + tags.filter { !Self.tasks.contains($0) })
  }
}

extension Metadata {
  /// The text of a key; nil where it has none.
  fileprivate func text(_ key: String) -> String? {
    self[key]?.string.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The texts of a key that has several; none where it has not.
  fileprivate func texts(_ key: String) -> [String] {
    (self[key]?.strings ?? []).filter { !$0.isEmpty }
  }
}
