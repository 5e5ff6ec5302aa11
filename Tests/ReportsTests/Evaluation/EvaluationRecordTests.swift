import GGUF
import NeuralNetwork
import Reports
import Testing

@Suite("An evaluation, read again") struct EvaluationRecordTests {
  /// An evaluation as the program prints it.
  static func json(_ name: String = "small.gguf", perplexity gain: Float = 1) throws -> String {
    let tokens = [0, 0.5, gain].map { (gain: Float) -> TokenDivergence in
      var (base, quantized): ([Float], [Float]) = ([1, 0], [1, gain])
      return base.withUnsafeMutableBufferPointer { base in
        quantized.withUnsafeMutableBufferPointer {
          TokenDivergence(base: base, quantized: $0, next: 0)
        }
      }
    }
    return try EvaluationReport(
      base: EvaluationReport.Model(name: "base.gguf", bitsPerWeight: 16),
      quantized: EvaluationReport.Model(name: name, bitsPerWeight: 4.1),
      predictedKLD: nil,
      evaluation: Evaluation(
        texts: ["a.txt"], context: 512, chunks: 3, divergence: Divergence(tokens))
    ).json()
  }

  @Test("has the figures that were printed") func figures() throws {
    let record = try EvaluationRecord(try Self.json(), path: "e.json")
    #expect(record.base == EvaluationRecord.Model(name: "base.gguf", bitsPerWeight: 16))
    #expect(record.quantized == EvaluationRecord.Model(name: "small.gguf", bitsPerWeight: 4.1))
    #expect(record.place == "a.txt, 3 × 512 tokens")
    #expect(record.perplexity.value > record.perplexityBase.value)
    #expect(record.kld.value > 0 && record.kldMaximum > record.kldMedian)
    #expect(record.kldPercentile99 > record.kldMedian && record.sameTop.value <= 1)
  }

  @Test("stands beside others of the same base and text alone") func comparable() throws {
    let record = try EvaluationRecord(try Self.json(), path: "e.json")
    let other = try EvaluationRecord(try Self.json("other.gguf", perplexity: 1.5), path: "f.json")
    #expect(record.isComparable(to: other))
    for (text, change) in [
      ("\"a.txt\"", "\"b.txt\""), ("\"chunks\" : 3", "\"chunks\" : 4"),
      ("\"activations\" : \"f32\"", "\"activations\" : \"q8\""),
      ("\"name\" : \"base.gguf\"", "\"name\" : \"c.gguf\""),
      ("\"value\" : \(record.perplexityBase.value)", "\"value\" : 7.25"),
    ] {
      let json = try Self.json().replacing(text, with: change)
      let changed = try EvaluationRecord(json, path: "g.json")
      #expect(!record.isComparable(to: changed), "\(change)")
    }
  }

  @Test(
    "is refused where it is something else, and the reason names it",
    arguments: [
      ("\"ration.evaluate\"", "\"ration.plan\"", "its schema is ‘ration.plan’"),
      ("\"version\" : 1", "\"version\" : 2", "version 2 of ration.evaluate"),
      ("\"schema\"", "\"scheme\"", "it has no schema"),
      ("\"kld_99\"", "\"kld_98\"", "‘kld_99’ is missing"),
      ("\"texts\" : [", "\"texts\" : [1,", "‘texts’ is missing"),
      ("\"chunks\" : 3", "\"chunks\" : -3", "‘chunks’ is missing"),
      ("\"bpw\" : 16", "\"bpw\" : null", "‘bpw’ is missing"),
      ("\"bpw\" : 16", "\"bpw\" : 1e999", "it is no JSON"),
      ("{", "[", "it is no JSON"),
    ])
  func refusals(text: String, change: String, reason: String) throws {
    let json = try Self.json().replacing(text, with: change, maxReplacements: 1)
    do throws(EvaluationRecordError) {
      _ = try EvaluationRecord(json, path: "e\u{1B}.json")
      Issue.record("\(change) was read")
    } catch {
      #expect(error.kind == .badInput)
      #expect(error.description.hasPrefix("e\\u{1b}.json: "))
      #expect(error.description.contains(reason), "\(error)")
    }
  }
}
