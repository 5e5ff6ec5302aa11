import Foundation
import GGUF
import Measurement
import Planning
import Reports
import Statistics
import Testing

@Suite("A frontier report")
struct FrontierReportTests {
  /// Of two tensors in 16 fixed bytes: 3.5 bits per weight at least, 8 at most.
  static func report(
    model: String = "Folio", name: String = "blk.0.ffn_up.weight", unit: LossUnit = .nats,
    references: [FrontierReport.Reference] = references
  ) throws -> FrontierReport {
    let choices = [
      Choice(
        names: [name],
        candidates: [
          Candidate(type: .IQ3_K, bytes: 448, loss: 0.04, variance: 0.0004),
          Candidate(type: .Q8_0, bytes: 1024, loss: 0),
        ]),
      Choice(
        names: ["q", "k"],
        candidates: [
          Candidate(type: .IQ3_K, bytes: 448, loss: 0.02),
          Candidate(type: .Q8_0, bytes: 1024, loss: 0),
        ]),
    ]
    return FrontierReport(
      model: model, frontier: try Frontier(of: choices, fixedBytes: 16), of: choices,
      references: references, elements: 2048, fixedBytes: 16, unit: unit)
  }

  static let references = [
    FrontierReport.Reference(name: "Q4_K_M", kind: .skeleton, bytes: 1500, loss: 0.03),
    FrontierReport.Reference(name: "iq3_k", kind: .type, bytes: 912, loss: 0.06),
    FrontierReport.Reference(name: "iq1_s", kind: .type, bytes: 400, loss: 2),
  ]

  /// Of many tensors, so that breakpoints must be left out.
  static func largeReport() throws -> FrontierReport {
    let choices = (1...300).map { number in
      Choice(
        names: ["\(number)"],
        candidates: [
          Candidate(type: .Q4_K, bytes: 400 + number, loss: 4 / Double(number)),
          Candidate(type: .Q8_0, bytes: 800, loss: 0.01),
        ])
    }
    return FrontierReport(
      model: "Large", frontier: try Frontier(of: choices), of: choices, references: [],
      elements: 300 * 800, fixedBytes: 0, unit: .nats)
  }

  @Test("gives the breakpoints and the known mixes as text")
  func text() throws {
    let lines = try Self.report().text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines == [
        "Folio: predicted KLD against size, in nats per token",
        "",
        "   bpw       size  predicted KLD     ±  saved per MiB",
        "3.5000  912 bytes           0.06  0.02",
        "5.7500   1.45 KiB           0.02     0          72.82",
        "8.0000   2.02 KiB              0     0          36.41",
        "",
        "3 of 3 breakpoints; CSV and JSON have all.",
        "",
        "known mix  kind            bpw  predicted KLD  the frontier at that size  against it",
        "iq3_k      single type  3.5000           0.06                       0.06         1 ×",
        "Q4_K_M     skeleton     5.7969           0.03                       0.02       1.5 ×",
        "",
      ])
  }

  @Test("keeps the text short, with both ends and round sizes")
  func textIsThinned() throws {
    let report = try Self.largeReport()
    let lines = report.text.split(separator: "\n")
    #expect(report.frontier.breakpoints.count > 100)
    #expect((20...43).contains(lines.count))
    let bits = lines.dropFirst(2).dropLast().map { Double($0.prefix { $0 != " " })! }
    #expect(bits == bits.sorted())
    let ends = [report.frontier.breakpoints.first!, report.frontier.breakpoints.last!]
      .map { 8 * Double($0.bytes) / 240_000 }
    #expect(abs(bits[0] - ends[0]) < 1e-4 && abs(bits[bits.count - 1] - ends[1]) < 1e-4)
    #expect(
      lines.last
        == "\(bits.count) of \(report.frontier.breakpoints.count) breakpoints; CSV and JSON have all."
    )
  }

  @Test("gives every breakpoint as CSV, names quoted where they must be")
  func csv() throws {
    let lines = try Self.report(name: "a,\"b\"").csv.split(separator: "\n")
    #expect(
      lines == [
        "bpw,bytes,predicted,standard_error,unit,gain_per_byte,tensors,from,to,tokens_per_second",
        "3.5,912,0.06,0.02,nats,,,,,",
        "5.75,1488,0.02,0.0,nats,\(0.04 / 576),\"a,\"\"b\"\"\",iq3_k,q8_0,",
        "8.0,2064,0.0,0.0,nats,\(0.02 / 576),q k,iq3_k,q8_0,",
      ])
    #expect(try Self.largeReport().csv.split(separator: "\n").count == 302)
  }

  @Test("gives every breakpoint and every known mix as JSON, absent figures as null")
  func json() throws {
    let json = try #require(try object(Self.report().json()))
    #expect(
      Set(json.keys) == [
        "schema", "model", "unit", "elements", "fixed_bytes", "breakpoints", "references",
      ])
    let breakpoints = try #require(json["breakpoints"] as? [[String: Any]])
    #expect(breakpoints.map { $0["bpw"] as? Double } == [3.5, 5.75, 8])
    #expect(breakpoints.map { $0["predicted"] as? Double } == [0.06, 0.02, 0])
    #expect(breakpoints[0]["tensors"] is NSNull && breakpoints[0]["gain_per_byte"] is NSNull)
    #expect(breakpoints[2]["tensors"] as? [String] == ["q", "k"])
    #expect(breakpoints[2]["from"] as? String == "iq3_k")
    #expect(breakpoints[2]["to"] as? String == "q8_0")
    let references = try #require(json["references"] as? [[String: Any]])
    #expect(references.map { $0["name"] as? String } == ["iq1_s", "iq3_k", "Q4_K_M"])
    #expect(references[0]["frontier"] is NSNull)
    #expect(references[2]["frontier"] as? Double == 0.02)
  }

  @Test("says how fast each plan is, where that is known")
  func speeds() throws {
    let choice = Choice(
      names: ["a"],
      candidates: [
        Candidate(type: .IQ3_K, bytes: 448, loss: 0.04, seconds: 0.5),
        Candidate(type: .Q8_0, bytes: 1024, loss: 0, seconds: 0.8),
      ])
    let report = FrontierReport(
      model: "Folio", frontier: try Frontier(of: [choice]), of: [choice], references: [],
      elements: 1024, fixedBytes: 0, unit: .nats, hasSpeeds: true)
    let lines = report.text.split(separator: "\n")
    #expect(lines[1].hasSuffix("tokens/s") && lines[2].hasSuffix("2") && lines[3].hasSuffix("1.25"))
    #expect(
      report.csv.split(separator: "\n").map { $0.split(separator: ",").last } == [
        "tokens_per_second", "2.0", "1.25",
      ])
    let json = try #require(try object(report.json()))
    let breakpoints = try #require(json["breakpoints"] as? [[String: Any]])
    #expect(breakpoints.map { $0["tokens_per_second"] as? Double } == [2, 1.25])
  }

  @Test("names the other unit")
  func otherUnit() throws {
    let report = try Self.report(unit: .weightedSquaredError)
    #expect(report.text.contains("predicted error") && !report.text.contains("KLD"))
    #expect(report.svg.contains("predicted error") && !report.svg.contains("KLD"))
  }

  @Test("of budgets that hold no breakpoint is valid all the same")
  func emptyFrontier() throws {
    let full = try Self.report()
    let report = FrontierReport(
      model: "Folio", frontier: try Frontier(of: full.choices, budgets: 1000...1001),
      of: full.choices, references: Self.references, elements: 2048, fixedBytes: 0, unit: .nats)
    #expect(report.text.contains("0 of 0 breakpoints"))
    #expect(try PlotElements(of: report.svg).names.contains("svg"))
    #expect(report.csv.split(separator: "\n").count == 1)
  }
}
