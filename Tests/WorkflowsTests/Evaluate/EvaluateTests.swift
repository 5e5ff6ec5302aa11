import Foundation
import GGUF
import Measurement
import NeuralNetwork
import Planning
import Reports
import Testing
import TestSupport
import Workflows

@Suite("Evaluation") struct EvaluateTests {
  let directory = TemporaryDirectory()

  /// The demo model's own text.
  private static func text(chunks: Int, context: Int? = nil) -> EvaluationText {
    EvaluationText(paths: [Folio.evaluationText], context: context, chunks: chunks)
  }

  private func evaluate(
    _ quantized: String, chunks: Int, _ session: Session = Session(threads: 2)
  ) throws -> EvaluationReport {
    try EvaluateWorkflow.run(
      EvaluateRequest(base: Folio.model, quantized: quantized, text: Self.text(chunks: chunks)),
      session)
  }

  /// The demo model quantized by a recipe.
  private func quantize(_ recipe: Recipe) throws -> String {
    let path = try directory.write(Array(recipe.text.utf8), to: "recipe")
    let output = directory("out.gguf")
    _ = try ApplyWorkflow.run(
      ApplyRequest(
        recipe: recipe, recipePath: path, model: Folio.model, output: output,
        statistics: Folio.statistics, overwrite: false, allowRequantize: false, version: "1"),
      Session(threads: 2))
    return output
  }

  @Test("a model loses nothing against itself")
  func itself() throws {
    let found = try evaluate(Folio.model, chunks: 2)
    #expect(found.evaluation.divergence.maximum == 0)
    #expect(found.evaluation.divergence.sameTop == Estimate(1, error: 0))
    #expect(found.predictedKLD == nil)
    #expect(found.evaluation.texts == ["folio-evaluation.txt"])
    #expect(found.evaluation.context == 256 && found.evaluation.chunks == 2)
  }

  /// Of `llama-perplexity --kl-divergence -c 256 --chunks 16` (ik_llama.cpp 8337e4cd), the model
  /// quantized to IQ4_KSS here and its weights written as `f32`: that program rounds what it
  /// multiplies quantized weights with to eight bits, which costs another 4 % of this KLD.
  @Test("figures are those of llama-perplexity")
  func reference() throws {
    let quantized = try quantize(Recipe(parsing: ".=iq4_kss"))
    let found = try evaluate(quantized, chunks: 16).evaluation.divergence
    func near(_ value: Double, _ expected: Double) -> Bool {
      abs(value / expected - 1) < 0.01
    }
    #expect(found.tokens == 16 * 127)
    #expect(near(found.basePerplexity.value, 19.683659))
    #expect(near(found.basePerplexity.error, 1.003279))
    #expect(near(found.perplexity.value, 20.014277))
    #expect(near(found.logPerplexityRatio.value, 0.016657))
    #expect(near(found.logPerplexityRatio.error, 0.003431))
    #expect(near(found.mean.value, 0.012795) && near(found.mean.error, 0.000286))
    #expect(near(found.median, 0.009273))
    #expect(near(found.percentile99, 0.063016))
    // One token alone, which the rounding of the base to `bf16` there moves most.
    #expect(abs(found.maximum / 0.129159 - 1) < 0.05)
    #expect(near(found.probabilityChange.value, 0.02568))
    #expect(near(found.sameTop.value, 0.88976) && near(found.sameTop.error, 0.00695))
  }

  /// Of `llama-perplexity` as above, the base stored as `f32` and the files as they are here.
  @Test(
    "with activations in eight bits, figures are those of llama-perplexity on quantized weights",
    arguments: [
      ("iq4_kss", 0.013432, 19.988971), ("q4_K", 0.008028, 19.738667),
      ("iq4_nl", 0.009386, 19.907213),
    ])
  func roundedActivations(type: String, kld: Double, perplexity: Double) throws {
    let request = EvaluateRequest(
      base: Folio.model, quantized: try quantize(Recipe(parsing: ".=\(type)")),
      text: Self.text(chunks: 16), activations: .q8)
    let evaluation = try EvaluateWorkflow.run(request, Session(threads: 2)).evaluation
    #expect(evaluation.activations == .q8)
    #expect(abs(evaluation.divergence.mean.value / kld - 1) < 0.01)
    #expect(abs(evaluation.divergence.perplexity.value / perplexity - 1) < 0.005)
  }

  @Test("the noise floor is that of products in bf16, with kept predictions and without")
  func noiseFloor() throws {
    var request = EvaluateRequest(
      base: Folio.model, quantized: Folio.model, text: Self.text(chunks: 2), measuresNoise: true)
    let floor = try EvaluateWorkflow.run(request, Session(threads: 2)).evaluation.noiseFloor
    let value = try #require(floor).value
    #expect(value > 1e-6 && value < 1e-4)
    request.baseLogits = directory("base.logits")
    let kept = try EvaluateWorkflow.run(request, Session(threads: 2)).evaluation.noiseFloor
    #expect(abs(try #require(kept).value - value) < 2e-6)
  }

  @Test("kept predictions of rounded activations are not those of others")
  func keptActivations() throws {
    var request = EvaluateRequest(
      base: Folio.model, quantized: Folio.model, text: Self.text(chunks: 1),
      baseLogits: directory("base.logits"))
    _ = try EvaluateWorkflow.run(request, Session(threads: 2))
    request.activations = .q8
    #expect(throws: (any Error).self) { try EvaluateWorkflow.run(request, Session(threads: 2)) }
  }

  @Test("every tensor that a recipe has changed is tried by itself, the one that does most first")
  func attribution() throws {
    let quantized = try quantize(
      Recipe(parsing: "blk\\.1\\.ffn_down=iq2_ks\nblk\\.2\\.=q8_0"))
    let request = EvaluateRequest(
      base: Folio.model, quantized: quantized, text: Self.text(chunks: 1), attributes: true)
    let evaluation = try EvaluateWorkflow.run(request, Session(threads: 2)).evaluation
    let attribution = try #require(evaluation.attribution)
    #expect(attribution.tensors.count == 8)
    #expect(attribution.tensors[0].tensor.name == "blk.1.ffn_down.weight")
    let klds = attribution.tensors.map(\.kld.value)
    #expect(klds == klds.sorted(by: >))
    #expect(abs(klds.reduce(0, +) / evaluation.divergence.mean.value - 1) < 0.1)
  }

  @Test("both models write the same as long as they agree")
  func greedy() throws {
    func agreement(_ quantized: String) throws -> GreedyAgreement? {
      try EvaluateWorkflow.run(
        EvaluateRequest(
          base: Folio.model, quantized: quantized, text: Self.text(chunks: 3), greedyTokens: 8),
        Session(threads: 2)
      ).evaluation.greedy
    }
    let itself = try #require(try agreement(Folio.model))
    #expect(itself.tokens == 8 && itself.agreed == Estimate(8, error: 0))
    #expect(itself.toEnd == Estimate(1, error: 0))
    let coarse = try #require(try agreement(try quantize(Recipe(parsing: ".=iq2_ks"))))
    #expect(coarse.agreed.value < 8)
  }

  @Test("what a plan is validated with is what its file loses, and the file knows the promise")
  func validation() throws {
    let planned = try PlanWorkflow.run(
      PlanRequest(
        inputs: PlanInputs(
          model: Folio.model, statistics: Folio.statistics, sampling: .automatic, cache: nil,
          allowRequantize: false),
        target: .bitsPerWeight(4.05), validation: Self.text(chunks: 8), version: "1"),
      Session(threads: 2))
    let validated = try #require(planned.report.evaluation)
    let found = try evaluate(try quantize(planned.recipe), chunks: 8)
    #expect(found.evaluation.divergence == validated.divergence)
    #expect(validated.divergence.mean.value > 0.004)
    #expect(found.predictedKLD == planned.report.plan.loss)
  }

  @Test("threads change nothing")
  func threads() throws {
    let quantized = try quantize(Recipe(parsing: ".=iq3_k"))
    let found = try [1, 3].map { try evaluate(quantized, chunks: 3, Session(threads: $0)) }
    #expect(found[0].evaluation.divergence == found[1].evaluation.divergence)
  }

  @Test("work advances to its end, and ends when it is to")
  func progress() throws {
    let spy = ProgressSpy()
    _ = try evaluate(Folio.model, chunks: 2, Session(threads: 2, progress: spy))
    #expect(spy.record.activities == ["evaluating"] && spy.record.ended == 1)
    #expect(spy.record.done == 512 && spy.record.total == 512)
    let interruption = Interruption()
    let stopping = ProgressSpy { _ in interruption.request(signal: 2) }
    #expect(throws: Interrupted.self) {
      try evaluate(
        Folio.model, chunks: 2,
        Session(threads: 2, interruption: interruption, progress: stopping))
    }
    #expect(stopping.record.steps == 1 && stopping.record.ended == 1)
  }

  @Test("more context than the model was trained on is warned of")
  func context() throws {
    let spy = WarningSpy()
    let found = try EvaluateWorkflow.run(
      EvaluateRequest(
        base: Folio.model, quantized: Folio.model, text: Self.text(chunks: 1, context: 300)),
      spy.session())
    #expect(found.evaluation.divergence.tokens == 149)
    #expect(spy.warnings.count == 1 && spy.warnings[0].contains("256"))
  }

  @Test(
    "predictions of the base that were kept give the same figures, and an interrupted run goes on")
  func keptPredictions() throws {
    let quantized = try quantize(Recipe(parsing: ".=iq4_kss"))
    func evaluate(_ chunks: Int, _ session: Session = Session(threads: 2)) throws -> Divergence {
      try EvaluateWorkflow.run(
        EvaluateRequest(
          base: Folio.model, quantized: quantized, text: Self.text(chunks: chunks),
          baseLogits: directory("logits")), session
      ).evaluation.divergence
    }
    let interruption = Interruption()
    let stopping = ProgressSpy { if $0.done > 600 { interruption.request(signal: 2) } }
    #expect(throws: Interrupted.self) {
      try evaluate(4, Session(threads: 2, interruption: interruption, progress: stopping))
    }
    let first = try evaluate(4)
    let bytes = try contents(of: directory("logits"))
    let spy = ProgressSpy()
    #expect(try evaluate(4, Session(threads: 1, progress: spy)) == first)
    #expect(spy.record.done == spy.record.total)
    #expect(try contents(of: directory("logits")) == bytes)
    let alone = try self.evaluate(quantized, chunks: 4).evaluation.divergence
    #expect(first.basePerplexity == alone.basePerplexity && first.sameTop == alone.sameTop)
    #expect(abs(first.mean.value / alone.mean.value - 1) < 1e-4)
    #expect(try evaluate(2).tokens == 2 * 127)
    #expect(throws: OtherPredictions.self) {
      try EvaluateWorkflow.run(
        EvaluateRequest(
          base: quantized, quantized: quantized, text: Self.text(chunks: 4),
          baseLogits: directory("logits")), Session(threads: 2))
    }
    var damaged = bytes
    damaged[bytes.count / 2] ^= 1
    try directory.write(damaged, to: "logits")
    let warnings = WarningSpy()
    #expect(try evaluate(4, warnings.session()) == first)
    #expect(warnings.warnings.count == 1 && warnings.warnings[0].contains("damaged in 1 of 4"))
    #expect(try contents(of: directory("logits")) == bytes)
  }

  @Test("a text of less than one chunk is an error")
  func shortText() throws {
    let text = try directory.write(Array("Good morrow.".utf8), to: "short.txt")
    let error = #expect(throws: TextTooShort.self) {
      try EvaluateWorkflow.run(
        EvaluateRequest(
          base: Folio.model, quantized: Folio.model, text: EvaluationText(paths: [text])),
        Session(threads: 1))
    }
    #expect(try #require(error).sequence == 256)
  }

  @Test("models that are not the same are told apart")
  func mismatch() throws {
    var small = SmallModel().fixture
    let base = try directory.write(small.bytes, to: "base.gguf")
    func evaluate(_ other: GGUFFixture) throws {
      _ = try EvaluateWorkflow.run(
        EvaluateRequest(
          base: base, quantized: try directory.write(other.bytes, to: "other.gguf"),
          text: Self.text(chunks: 1)), Session(threads: 1))
    }
    var other = small
    other.tensors.removeLast()
    #expect(throws: ModelMismatch.self) { try evaluate(other) }
    other = small
    other.tensors[0].dimensions = [64, 256]
    #expect(throws: ModelMismatch.self) { try evaluate(other) }
    small.keys[2] = .strings("tokenizer.ggml.tokens", (1..<65).map { "<\($0)>" })
    #expect(throws: VocabularyMismatch.self) { try evaluate(small) }
  }
}
