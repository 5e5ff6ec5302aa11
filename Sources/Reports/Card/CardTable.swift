import Foundation
import GGUF
import NeuralNetwork

/// The files of a card side by side: the model first, then what it was quantized to, that of most bits first.
struct CardTable {
  /// One line of it.
  private struct Row {
    /// What the line is of, in Markdown.
    let name: String
    /// Bytes of all tensors; nil where they are not known.
    let bytes: Int?
    let bitsPerWeight: Double
    let evaluation: EvaluationRecord?
  }

  private let base: Row
  private let rows: [Row]
  private let perplexityOfBase: Estimate?

  init(base: CardFile, sections: [CardSection], others: [EvaluationRecord]) {
    self.base = Row(
      name: Markdown.text(base.label), bytes: base.bytes, bitsPerWeight: base.bitsPerWeight,
      evaluation: nil)
    let known = sections.map { section in
      Row(
        name: "**\(Markdown.text(section.file.label))**", bytes: section.file.bytes,
        bitsPerWeight: section.file.bitsPerWeight, evaluation: section.evaluation)
    }
    // What is evaluated against the base has as many weights.
    let elements = base.tensors.reduce(0) { $0 + $1.elements }
    let compared = others.map { other in
      let bits = other.quantized.bitsPerWeight
      return Row(
        name: Markdown.code(other.quantized.name),
        bytes: Int(exactly: (bits * Double(elements) / 8).rounded()), bitsPerWeight: bits,
        evaluation: other)
    }
    rows = (known + compared).sorted { $0.bitsPerWeight > $1.bitsPerWeight }
    perplexityOfBase = rows.lazy.compactMap(\.evaluation).first?.perplexityBase
  }

  /// The table. Without evaluations it has no figures of them.
  var markdown: String {
    var header: [(name: String, alignment: MarkdownTable.Alignment)] = [
      ("Quant", .left), ("Size", .right), ("BPW", .right),
    ]
    if perplexityOfBase != nil {
      header += ["PPL", "Mean KLD", "Median KLD", "99 % KLD", "Max KLD", "Same top token"]
        .map { ($0, .right) }
    }
    var table = MarkdownTable(header)
    table.add(cells(of: base, figures: [perplexityOfBase.map(Self.perplexity)]))
    for row in rows { table.add(cells(of: row, figures: figures(of: row.evaluation))) }
    return table.markdown
  }

  private func cells(of row: Row, figures: [String?]) -> [String] {
    let absent = "–"
    let cells = [
      row.name, row.bytes.map(Figures.modelSize) ?? absent,
      Figures.threeDecimals(row.bitsPerWeight),
    ]
    guard perplexityOfBase != nil else { return cells }
    let all = figures + Array(repeating: nil, count: max(0, 6 - figures.count))
    return cells + all.map { $0 ?? absent }
  }

  private func figures(of evaluation: EvaluationRecord?) -> [String?] {
    guard let evaluation else { return [] }
    return [
      Self.perplexity(evaluation.perplexity), evaluation.kld.figure,
      Figures.short(evaluation.kldMedian), Figures.short(evaluation.kldPercentile99),
      Figures.short(evaluation.kldMaximum), evaluation.sameTop.percent,
    ]
  }

  private static func perplexity(_ figure: Estimate) -> String {
    let (value, error) = figure.ofPerplexity
    return "\(value) ± \(error)"
  }
}

extension Estimate {
  /// A perplexity and its standard error as `llama-perplexity` prints them.
  var ofPerplexity: (value: String, error: String) {
    (String(format: "%.4f", value), String(format: "%.5f", error))
  }
}
