import Foundation
import GGUF
import Measurement
import NeuralNetwork
import Reports
import Testing

@Suite("Report of an evaluation") struct EvaluationReportTests {
  /// Three tokens at which a second token becomes likelier and likelier.
  private static let tokens = [0, 0.5, 1.5].map { (gain: Float) -> TokenDivergence in
    var (base, quantized): ([Float], [Float]) = ([1, 0], [1, gain])
    return base.withUnsafeMutableBufferPointer { base in
      quantized.withUnsafeMutableBufferPointer {
        TokenDivergence(base: base, quantized: $0, next: 0)
      }
    }
  }
  private static let evaluation = evaluation(of: tokens)

  private static func evaluation(of tokens: [TokenDivergence]) -> Evaluation {
    Evaluation(
      texts: ["a\u{1B}.txt"], context: 512, chunks: 3, divergence: Divergence(tokens))
  }

  private static func report(
    predicted: Double?, _ evaluation: Evaluation = evaluation
  ) -> EvaluationReport {
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
        over a\\u{1b}.txt, 3 × 512 tokens
        perplexity of base.gguf (16.0000 bpw)  1.368 ± 0
        perplexity of small.gguf (4.5000 bpw)  1.799 ± 0.3579
        ln of their ratio                      0.2739 ± 0.199
        mean KLD in nats per token             0.09458 ± 0.08176
        predicted KLD                          0.04729: the actual is 2 × that
        median KLD                             0.02634
        99 % KLD                               0.2528
        maximum KLD                            0.2574
        same likeliest token                   66.67 ± 33.33 %
        RMS Δp of the next token               21.35 ± 9.329 %

        top p of the base   tokens  mean KLD           same likeliest
        below 0.5            0.0 %  –                  –
        0.5 to 0.9         100.0 %  0.09458 ± 0.08176  66.67 ± 33.33 %
        0.9 and more         0.0 %  –                  –

        """)
    #expect(!Self.report(predicted: nil).text.contains("predicted"))
  }

  @Test("JSON has every figure with its error, and null where nothing was promised")
  func json() throws {
    let json = try #require(try object(Self.report(predicted: nil).json()))
    #expect(Set(json.keys) == ["schema", "base", "quantized", "predicted_kld", "evaluation"])
    #expect(json["predicted_kld"] is NSNull)
    let figures = try #require(json["evaluation"] as? [String: Any])
    #expect(
      Set(figures.keys) == [
        "texts", "context", "chunks", "tokens", "perplexity_base", "perplexity",
        "log_perplexity_ratio", "kld", "kld_median", "kld_99", "kld_maximum", "same_top",
        "rms_probability_change", "by_top_probability", "draft_agreement", "greedy",
        "activations", "noise_floor", "attribution",
      ])
    #expect(figures["greedy"] is NSNull && figures["attribution"] is NSNull)
    #expect(figures["activations"] as? String == "f32" && figures["noise_floor"] is NSNull)
    let bands = try #require(figures["by_top_probability"] as? [[String: Any]])
    #expect(bands.map { $0["tokens"] as? Int } == [0, 3, 0])
    #expect(bands.map { $0["from"] as? Double } == [0, 0.5, 0.9])
    #expect(bands.map { $0["to"] as? Double } == [0.5, 0.9, 1])
    #expect(bands[0]["kld"] is NSNull && bands[0]["same_top"] is NSNull)
    #expect((bands[1]["same_top"] as? [String: Double])?["value"] == 2.0 / 3)
    #expect(figures["draft_agreement"] is NSNull)
    let mean = Self.evaluation.divergence.mean
    let kld = try #require(figures["kld"] as? [String: Double])
    #expect(abs(try #require(kld["value"]) - mean.value) < 1e-12)
    #expect(abs(try #require(kld["error"]) - mean.error) < 1e-12)
    #expect(figures["context"] as? Int == 512 && figures["tokens"] as? Int == 3)
  }

  @Test("of a model that drafts, the report says how often drafts agree, before and after")
  func draft() throws {
    var tokens = Self.tokens
    for (index, agrees) in [true, true, false].enumerated() {
      tokens[index].drafted = DraftedToken(base: true, quantized: agrees)
    }
    let evaluation = Self.evaluation(of: tokens)
    let report = Self.report(predicted: nil, evaluation)
    #expect(report.text.contains("draft agrees with base.gguf (16.0000 bpw)  100 ± 0 %\n"))
    #expect(report.text.contains("draft agrees with small.gguf (4.5000 bpw)  66.67 ± 33.33 %\n"))
    let json = try #require(try object(report.json())?["evaluation"] as? [String: Any])
    let agreement = try #require(json["draft_agreement"] as? [String: [String: Double]])
    #expect(agreement["base"]?["value"] == 1 && agreement["quantized"]?["value"] == 2.0 / 3)
    let plan = PlanReport(
      plan: try PlanReportTests.report().plan, fileBytes: 1, bitsPerWeight: 4, elements: 2064,
      knowledge: "all", evaluation: evaluation)
    #expect(
      plan.text.contains(
        "the draft's likeliest token is the model's at 66.67 ± 33.33 % of the tokens, before "
          + "quantization at 100 ± 0 %\n"))
  }

  @Test("what was asked for has lines and JSON of its own")
  func extras() throws {
    var evaluation = Self.evaluation
    evaluation.greedy = GreedyAgreement(
      base: [[1, 2, 3], [4, 5, 6]], quantized: [[1, 2, 4], [4, 5, 6]], tokens: 3)
    let report = Self.report(predicted: nil, evaluation)
    #expect(report.text.contains("same tokens of 3 written               2.5 ± 0.5\n"))
    #expect(report.text.contains("all 3 the same                         50 ± 50 %\n"))
    let figures = try #require(try object(report.json())?["evaluation"] as? [String: Any])
    let greedy = try #require(figures["greedy"] as? [String: Any])
    #expect(greedy["tokens"] as? Int == 3)
    #expect((greedy["agreed"] as? [String: Double])?["value"] == 2.5)
    #expect((greedy["to_end"] as? [String: Double])?["value"] == 0.5)
  }

  @Test("ten tensors that do most by themselves stand below, and the sum beside the whole")
  func attribution() throws {
    var evaluation = Self.evaluation
    evaluation.activations = .q8
    evaluation.noiseFloor = Estimate(0.001, error: 0.0001)
    evaluation.attribution = Attribution(
      try (1...12).map { number in
        TensorAttribution(
          tensor: try TensorDescriptor(
            name: "blk.\(number).ffn_down.weight", shape: [32, 1], type: .Q4_0),
          kld: Estimate(0.001 * Double(number), error: 0.0005))
      })
    let report = Self.report(predicted: nil, evaluation)
    #expect(report.text.contains("over a\\u{1b}.txt, 3 × 512 tokens       activations in q8\n"))
    #expect(report.text.contains("noise floor: base in bf16              0.001 ± 0.0001\n"))
    #expect(report.text.contains("\nblk.12.ffn_down.weight  q4_0  0.012 ± 0.0005 "))
    #expect(!report.text.contains("blk.2.ffn_down"))
    #expect(report.text.contains("\n2 others "))
    #expect(report.text.contains("0.078, 0.8247 × the model's"))
    let figures = try #require(try object(report.json())?["evaluation"] as? [String: Any])
    let found = try #require(figures["attribution"] as? [String: Any])
    #expect((found["tensors"] as? [[String: Any]])?.count == 12)
    #expect(abs(try #require(found["sum"] as? Double) - 0.078) < 1e-12)
    #expect(figures["activations"] as? String == "q8")
    #expect((figures["noise_floor"] as? [String: Double])?["value"] == 0.001)
  }

  @Test("a plan's report shows what it really loses")
  func plan() throws {
    let plan = try PlanReportTests.report().plan
    let report = PlanReport(
      plan: plan, fileBytes: 1, bitsPerWeight: 4, elements: 2064, knowledge: "all",
      evaluation: Self.evaluation)
    #expect(report.text.contains("\nactual KLD 0.09458 ± 0.08176 nats per token over a"))
    #expect(report.text.contains("× the prediction\n"))
    let json = try #require(try object(report.json()))
    #expect((json["evaluation"] as? [String: Any])?["chunks"] as? Int == 3)
    let unvalidated = try PlanReportTests.report()
    #expect(!unvalidated.text.contains("actual"))
  }
}
