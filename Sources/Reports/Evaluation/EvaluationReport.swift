package import GGUF
import NeuralNetwork

/// A quantized model held against its base, to be shown.
package struct EvaluationReport: Report {
  package static let schema = Schema.evaluate

  package struct Model: Sendable {
    /// The name of the model's file.
    package let name: String
    /// 8 × bytes of all tensors ÷ weights of all tensors.
    package let bitsPerWeight: Double

    package init(name: String, bitsPerWeight: Double) {
      self.name = name
      self.bitsPerWeight = bitsPerWeight
    }
  }

  package let base: Model
  package let quantized: Model
  /// The mean KLD that the quantized model's recipe promised, where it did.
  package let predictedKLD: Double?
  package let evaluation: Evaluation

  package init(
    base: Model, quantized: Model, predictedKLD: Double?, evaluation: Evaluation
  ) {
    self.base = base
    self.quantized = quantized
    self.predictedKLD = predictedKLD
    self.evaluation = evaluation
  }

  /// What each tensor does by itself, where that was measured.
  package var heatMap: HeatMap? {
    evaluation.attribution.flatMap { attribution in
      HeatMap.shares(
        of: "the KLD of single tensors",
        attribution.tensors.map { ($0.tensor.name, $0.kld.value) })
    }
  }

  /// The figures in words.
  package func text(columns: Int?) -> String {
    let divergence = evaluation.divergence
    var table = TextTable([.left("over \(evaluation.place)"), .left(evaluation.roundingNote)])
    func add(_ name: String, _ figure: String) { table.add([.left(name), .left(figure)]) }
    add("perplexity of \(label(base))", divergence.basePerplexity.figure)
    add("perplexity of \(label(quantized))", divergence.perplexity.figure)
    add("ln of their ratio", divergence.logPerplexityRatio.figure)
    add("mean KLD in nats per token", divergence.mean.figure)
    if let predictedKLD { add("predicted KLD", Figures.short(predictedKLD) + ratio(predictedKLD)) }
    if let floor = evaluation.noiseFloor { add("noise floor: base in bf16", floor.figure) }
    add("median KLD", Figures.short(divergence.median))
    add("99 % KLD", Figures.short(divergence.percentile99))
    add("maximum KLD", Figures.short(divergence.maximum))
    add("same likeliest token", divergence.sameTop.percent)
    add("RMS Δp of the next token", divergence.probabilityChange.percent)
    if let greedy = evaluation.greedy {
      add("same tokens of \(greedy.tokens) written", greedy.agreed.figure)
      add("all \(greedy.tokens) the same", greedy.toEnd.percent)
    }
    if let agreement = divergence.draftAgreement {
      add("draft agrees with \(label(base))", agreement.base.percent)
      add("draft agrees with \(label(quantized))", agreement.quantized.percent)
    }
    let tables =
      [table, bands]
      + (evaluation.attribution.map { [$0.table(whole: divergence.mean.value)] } ?? [])
    return tables.map { $0.text(columns: columns) }.joined(separator: "\n")
  }

  /// The tokens apart by how sure the base is.
  private var bands: TextTable {
    var table = TextTable([
      .left("top p of the base"), .right("tokens"), .left("mean KLD"), .left("same likeliest"),
    ])
    let count = Double(evaluation.divergence.tokens)
    for band in evaluation.divergence.bands {
      table.add([
        .left(band.label), .right(Figures.percent(Double(band.tokens) / count)),
        .left(band.mean?.figure ?? "–"), .left(band.sameTop?.percent ?? "–"),
      ])
    }
    return table
  }

  private func label(_ model: Model) -> String {
    "\(model.name) (\(Figures.bits(model.bitsPerWeight)) bpw)"
  }

  private func ratio(_ predicted: Double) -> String {
    guard predicted > 0 else { return "" }
    return ": the actual is \(Figures.short(evaluation.divergence.mean.value / predicted)) × that"
  }

  /// The figures for programs. `predicted_kld` is null where the model promises none.
  package var document: any Encodable {
    Document(
      base: Document.Model(base), quantized: Document.Model(quantized),
      predictedKLD: predictedKLD, evaluation: Evaluation.Document(evaluation))
  }

  private struct Document: Encodable {
    let base: Model
    let quantized: Model
    @Nullable var predictedKLD: Double?
    let evaluation: Evaluation.Document

    struct Model: Encodable {
      let name: String
      let bpw: Double

      init(_ model: EvaluationReport.Model) {
        name = model.name
        bpw = model.bitsPerWeight
      }
    }
  }
}

extension ConfidenceBand {
  /// The probabilities that are in it.
  fileprivate var label: String {
    if from == 0 { return "below \(Figures.short(to))" }
    return to == 1
      ? "\(Figures.short(from)) and more" : "\(Figures.short(from)) to \(Figures.short(to))"
  }
}
