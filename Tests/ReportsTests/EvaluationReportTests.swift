import Foundation
import Calibration
import GGUF
import Measurement
import Reports
import Testing

@Suite("Report of an evaluation") struct EvaluationReportTests {
  /// Three tokens at which a second token becomes likelier and likelier.
  private static let evaluation = Evaluation(
    texts: ["a\u{1B}.txt"], context: 512, chunks: 3,
    divergence: Divergence(
      [0, 0.5, 1.5].map { gain in
        var (base, quantized): ([Float], [Float]) = ([1, 0], [1, gain])
        return base.withUnsafeMutableBufferPointer { base in
          quantized.withUnsafeMutableBufferPointer {
            TokenDivergence(base: base, quantized: $0, next: 0)
          }
        }
      }))

  private static func report(predicted: Double?) -> EvaluationReport {
    EvaluationReport(
      base: EvaluationReport.Model(name: "base.gguf", bitsPerWeight: 16),
      quantized: EvaluationReport.Model(name: "small.gguf", bitsPerWeight: 4.5),
      predictedKLD: predicted, evaluation: evaluation)
  }

  @Test("every figure has its line, and a promise stands beside what came of it")
  func text() {
    let half = Self.evaluation.divergence.mean.value / 2
    #expect(
      Self.report(predicted: half).text == """
        over a\\u{1B}.txt, 3 × 512 tokens
        perplexity of base.gguf (16.0000 bpw)   1.368 ± 0
        perplexity of small.gguf (4.5000 bpw)   1.812 ± 0.3556
        ln of their ratio                       0.2815 ± 0.1962
        mean KLD in nats per token              0.09976 ± 0.07851
        predicted KLD                           0.04988: the actual is 2 × that
        median KLD                              0.0446
        99 % KLD                                0.2503
        maximum KLD                             0.2547
        same likeliest token                    66.67 ± 33.33 %
        RMS Δp of the next token                21.33 ± 11.42 %

        """)
    #expect(!Self.report(predicted: nil).text.contains("predicted"))
  }

  @Test("JSON has every figure with its error, and null where nothing was promised")
  func json() throws {
    let json = try #require(try object(Self.report(predicted: nil).json()))
    #expect(Set(json.keys) == ["base", "quantized", "predicted_kld", "evaluation"])
    #expect(json["predicted_kld"] is NSNull)
    let figures = try #require(json["evaluation"] as? [String: Any])
    #expect(
      Set(figures.keys) == [
        "texts", "context", "chunks", "tokens", "perplexity_base", "perplexity",
        "log_perplexity_ratio", "kld", "kld_median", "kld_99", "kld_maximum", "same_top",
        "rms_probability_change",
      ])
    let mean = Self.evaluation.divergence.mean
    #expect(figures["kld"] as? [String: Double] == ["value": mean.value, "error": mean.error])
    #expect(figures["context"] as? Int == 512 && figures["tokens"] as? Int == 3)
  }

  @Test("a plan's report shows what it really loses")
  func plan() throws {
    let plan = try PlanReportTests.report().plan
    let report = PlanReport(
      plan: plan, fileBytes: 1, bitsPerWeight: 4, elements: 2064, knowledge: "all",
      evaluation: Self.evaluation)
    #expect(report.text.contains("\nactual KLD 0.09976 ± 0.07851 nats per token over a"))
    #expect(report.text.contains("× the prediction\n"))
    let json = try #require(try object(report.json()))
    #expect((json["evaluation"] as? [String: Any])?["chunks"] as? Int == 3)
    #expect(!(try PlanReportTests.report().text.contains("actual")))
  }
}
