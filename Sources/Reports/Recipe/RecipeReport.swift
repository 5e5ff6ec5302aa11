import GGUF
package import Planning

/// What a recipe does, to be shown.
package struct RecipeReport: TextReport {
  /// The recipe over a model, with the figures of the file that it makes.
  package struct Model: Sendable {
    package let outcome: RecipeOutcome
    /// The tensors whose types need importance that they do not have.
    package let lackingImportance: [String]
    /// The exact bytes of the file.
    package let fileBytes: Int
    /// 8 × bytes of all tensors ÷ weights of all tensors.
    package let bitsPerWeight: Double

    package init(
      outcome: RecipeOutcome, lackingImportance: [String], fileBytes: Int, bitsPerWeight: Double
    ) {
      self.outcome = outcome
      self.lackingImportance = lackingImportance
      self.fileBytes = fileBytes
      self.bitsPerWeight = bitsPerWeight
    }
  }

  package let source: RecipeSource
  /// Nil where no model was given.
  package let model: Model?

  package init(source: RecipeSource, model: Model?) {
    self.source = source
    self.model = model
  }

  /// The recipe in words and figures.
  package func text(columns: Int?) -> String {
    let sections = [
      provenanceText, model.map { modelText($0, columns) }, ruleTable(columns),
      model.map(remarks),
    ]
    return sections.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var provenanceText: String {
    source.provenance.entries.map { "\($0.key): \($0.value.escaped)\n" }.joined()
  }

  private func modelText(_ model: Model, _ columns: Int?) -> String {
    """
    \(Figures.bits(model.bitsPerWeight)) bits per weight, \(Figures.bytes(model.fileBytes))

    \(TypeShares(of: model.outcome).text(columns: columns))
    """
  }

  /// The rules in order; over a model with the tensors that each one changes or confirms. Patterns stand last,
  /// since one may be a thousand letters long.
  private func ruleTable(_ columns: Int?) -> String {
    let counts = model.map { model in
      Dictionary(grouping: model.outcome.entries.filter { $0.keepReason == nil }, by: \.place)
    }
    var table = TextTable(
      [.left("type"), .right(counts == nil ? "bpw" : "tensors"), .left("rule")])
    for (place, rule) in source.rules.enumerated() {
      let figure = counts.map { "\($0[place]?.count ?? 0)" }
      table.add([
        .left(rule.rule.type.name),
        .right(figure ?? Figures.bits(rule.rule.type.nominalBitsPerWeight)),
        .left(rule.rule.pattern.text),
      ])
    }
    return source.rules.isEmpty ? "it has no rules\n" : table.text(columns: columns)
  }

  /// What the rules leave out, and which rules do nothing.
  private func remarks(_ model: Model) -> String {
    let outcome = model.outcome
    var lines = outcome.uncovered.map { "no rule for \($0.tensor.name.escaped): stays \($0.type)" }
    let kept = Dictionary(grouping: outcome.entries.filter { $0.keepReason != nil }) {
      "\($0.keepReason ?? "") (\($0.type))"
    }
    if !kept.isEmpty {
      let kinds = kept.sorted { $0.key < $1.key }.map { "\($0.value.count) \($0.key)" }
      lines.append("keep their type: " + kinds.joined(separator: ", "))
    }
    if !model.lackingImportance.isEmpty {
      lines.append(
        "need importance, which apply takes from --statistics: \(model.lackingImportance.summary)")
    }
    lines += outcome.unmatched.map { "matches no tensor: \(source.rules[$0].rule)" }
    lines += outcome.shadowed.map { "taken by earlier rules: \(source.rules[$0].rule)" }
    return lines.map { $0 + "\n" }.joined()
  }
}

extension TypeShares {
  /// The types of the file that a recipe makes; a type that a shape does not allow counts no bytes.
  fileprivate init(of outcome: RecipeOutcome) {
    self.init()
    for entry in outcome.entries {
      add(entry.type, bytes: entry.bytes ?? 0, elements: entry.tensor.elements)
    }
  }
}
