import Foundation
import GGUF
import Measurement
import Planning
import Reports
import Statistics
import Testing

@Suite struct PlanReportTests {
  static func report(
    _ unit: LossUnit = .nats, budget: Int = 1100, names: [String] = ["a.weight", "b.weight"]
  ) throws -> PlanReport {
    PlanReport(
      plan: try plan(unit: unit, budget: budget, names: names), fileBytes: 23_456_789,
      bitsPerWeight: 4.21875, elements: 2064, knowledge: "measured row sensitivities",
      reading: try reading)
  }

  /// A thousand bytes or so from a memory of the slowest kind.
  private static var reading: TokenReading {
    get throws {
      TokenReading(
        TokenTiming(
          try #require(TokenReads(of: Metadata(), tensors: [])), rates: [.bandwidth(21_600)]),
        of: [tensor("a.weight", 576), tensor("b.weight", 440), tensor("norm.weight", 64)],
        source: .bandwidth)
    }
  }

  private static func tensor(
    _ name: String, _ bytes: Int, pool: Int = 0
  ) -> TokenReading.Tensor {
    TokenReading.Tensor(name: name, rows: 4, type: .Q8_0, bytes: bytes, pool: pool)
  }

  static func json(_ report: PlanReport) throws -> [String: Any] {
    try #require(try object(report.json()))
  }

  @Test func jsonHasWhatProgramsNeed() throws {
    let report = try Self.report()
    let json = try Self.json(report)
    #expect(
      Set(json.keys) == [
        "bpw", "bytes", "unit", "knowledge", "predicted_kld", "predicted_error", "standard_error",
        "lower_bound", "gap", "optimal", "skeleton", "pools", "context", "evaluation",
        "trials", "reading",
        "moves", "constraints", "baselines", "tensors", "schema",
      ])
    #expect(json["bpw"] as? Double == 4.21875)
    #expect(json["bytes"] as? Int == 23_456_789)
    #expect(json["predicted_kld"] as? Double == report.plan.loss)
    #expect(json["lower_bound"] as? Double == report.plan.lowerBound)
    #expect(json["gap"] as? Double == 0)
    #expect(json["optimal"] as? Bool == true)
    #expect(json["unit"] as? String == "nats")
  }

  @Test func theFigureThatDoesNotApplyIsNull() throws {
    let known = try Self.json(try Self.report(.nats))
    #expect(known["predicted_kld"] is Double && known["predicted_error"] is NSNull)
    let unknown = try Self.json(try Self.report(.weightedSquaredError))
    #expect(unknown["predicted_kld"] is NSNull && unknown["predicted_error"] is Double)
    #expect(unknown["unit"] as? String == "weighted squared error")
  }

  @Test func jsonHasEveryTensorInOrderWithItsReason() throws {
    let report = try Self.report()
    let tensors = try #require(try Self.json(report)["tensors"] as? [[String: Any]])
    #expect(tensors.map { $0["name"] as? String } == ["a.weight", "b.weight", "norm.weight"])
    #expect(tensors.map { $0["type"] as? String } == ["iq4_k", "iq3_k", "f32"])
    #expect(tensors.map { $0["bytes"] as? Int } == [576, 440, 64])
    #expect(tensors.map { $0["predicted"] as? Double } == [0.01, 0.0004, 0])
    #expect(tensors.map { $0["standard_error"] as? Double } == [1e-4, 1e-5, 0])
    #expect(tensors[2]["reason"] as? String == "kept: one-dimensional")
    #expect((tensors[1]["reason"] as? String)?.hasPrefix("optimum; next upgrade iq4_k") == true)
  }

  @Test func jsonHasTheBaselinesBySize() throws {
    let baselines = try #require(
      try Self.json(try Self.report())["baselines"] as? [[String: Any]])
    #expect(baselines.map { $0["name"] as? String } == ["iq3_k", "iq4_k", "q4_0", "f16"])
    #expect(baselines.map { $0["bytes"] as? Int } == [954, 1226, 1226, 4170])
    #expect(baselines.map { $0["fits"] as? Bool } == [true, false, false, false])
    #expect(baselines[0]["predicted"] as? Double == 0.04 + 0.0004)
  }

  @Test func aPlanThatLosesNothingIsStillValidJSON() throws {
    let report = try Self.report(budget: 5000)
    #expect(report.plan.loss == 0)
    #expect(try Self.json(report)["gap"] as? Double == 0)
    #expect(!report.text.contains("nan") && !report.text.contains("inf"))
  }

  @Test func theTextGivesTheFiguresTheProofAndTheTypes() throws {
    let lines = try Self.report().text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines == [
        "4.2188 bits per weight, 22.37 MiB (23,456,789 bytes)",
        "predicted KLD 0.0104 ± 0.0001005 nats per token, from measured row sensitivities",
        "lower bound 0.0104: proven optimal",
        "",
        "a token reads 1.05 KiB of weights: at most 20 tokens a second from memory that gives 2.16e-05 GB/s",
        "",
        "in its place     bpw  predicted KLD  against the plan",
        "iq3_k         3.6589         0.0404           3.885 ×",
        "iq4_k         4.7132         0.0101          0.9712 ×",
        "q4_0          4.7132         0.0202           1.942 ×",
        "and 1 of other sizes, which --json lists",
        "",
        "type   tensors      bytes  predicted KLD",
        "iq4_k        1  576 bytes           0.01",
        "iq3_k        1  440 bytes         0.0004",
        "f32          1   64 bytes              0",
        "",
      ])
  }

  @Test func theTextSaysWhenTheSpeedIsUnknownOrTheMemory() throws {
    let plan = try Self.report().plan
    func text(_ reading: TokenReading?) -> String {
      PlanReport(
        plan: plan, fileBytes: 1, bitsPerWeight: 4, elements: 2064, knowledge: "", reading: reading
      ).text
    }
    #expect(text(nil).contains("\nhow fast it is cannot be told: the model does not say how many"))
    let reads = try #require(TokenReads(of: Metadata(), tensors: []))
    func reading(_ rates: [MemoryRate], _ source: TokenReading.Source) -> TokenReading {
      TokenReading(
        TokenTiming(reads, rates: rates), of: [Self.tensor("a.weight", 1000)], source: source)
    }
    #expect(
      text(reading([.yardstick], .yardstick)).contains(
        "100 GB/s (--bandwidth says what yours gives)\n"))
    #expect(
      text(reading([.bandwidth(2e9), .bandwidth(1e9)], .bandwidth)).contains(
        "from memory that gives 2 GB/s and 1 GB/s\n"))
    let speeds = try TypeSpeeds(
      parsing: "model_filename,model_size,n_prompt,n_gen,avg_ts\nq8_0.gguf,1000,0,1,9")
    #expect(
      text(reading([.measured(speeds)], .speeds)).contains(
        "about 9 tokens a second by the speeds of its types\n"))
  }

  @Test func theTextNamesTheOtherUnit() throws {
    let text = try Self.report(.weightedSquaredError).text
    #expect(text.contains("predicted error 0.0104 ± 0.0001005 (weighted squared error per token)"))
    #expect(!text.contains("KLD"))
  }
}
