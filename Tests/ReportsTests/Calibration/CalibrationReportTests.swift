import Calibration
import Foundation
import NeuralNetwork
import Reports
import Testing

@Suite("Reports on calibrations") struct CalibrationReportTests {
  func report(
    errors: [Double?], written: Int = 0, clipping: Clipping? = nil
  ) -> CalibrationReport {
    CalibrationReport(
      path: "out.gguf", texts: ["a.txt"], sequences: 3, writtenSequences: written,
      tokensPerSequence: 100,
      convergence: Convergence(
        weights: errors.enumerated().map { index, error in
          Convergence.Weight(
            name: "blk.\(index).weight", elements: 1000, trace: 0.5, error: error)
        }), clipping: clipping)
  }

  @Test("the least certain tensors come first") func text() {
    let text = report(errors: [0.01, 0.05, 0.02, 0.2, 0.03, 0.04, 0.01]).text
    #expect(
      text == """
        out.gguf: 7 tensors, from 300 tokens in 3 sequences, a.txt
        Σ g h of a tensor is known to 3.0 % (median); with endless text a plan could lose 0.3257 % \
        less at most
        least certain  Σ g h  standard error
        blk.3.weight     0.5          20.0 %
        blk.1.weight     0.5           5.0 %
        blk.5.weight     0.5           4.0 %
        blk.4.weight     0.5           3.0 %
        blk.2.weight     0.5           2.0 %

        """)
  }

  @Test("what the model wrote beside other texts is told")
  func written() {
    #expect(
      report(errors: [], written: 2).text
        .contains("3 sequences (2 of them written by the model), a.txt"))
    #expect(report(errors: [], written: 3).text.contains("3 sequences, a.txt"))
  }

  @Test("what was clipped is told, where something was") func clipping() throws {
    let some = Clipping(limit: 16, share: 0.005, largest: 640, weight: "blk.1.attn_v.weight")
    let report = report(errors: [nil], clipping: some)
    #expect(
      report.text.contains(
        "\n0.5 % of the tokens had gradients so large that they count less: as 16 median tokens; the "
          + "largest was 640, at blk.1.attn_v.weight\n"))
    let json = try JSONSerialization.jsonObject(with: Data(report.json().utf8))
    let object = try #require((json as? [String: Any])?["clipping"] as? [String: Any])
    #expect(object["share"] as? Double == 0.005 && object["largest"] as? Double == 640)
    let none = Clipping(limit: 16, share: 0, largest: 3, weight: "blk.1.attn_v.weight")
    #expect(!self.report(errors: [nil], clipping: none).text.contains("median tokens"))
  }

  @Test("what a plan could gain is half the variance, by elements") func gain() {
    #expect(
      report(errors: [0.1, 0.1]).convergence.planGain.map { abs($0 - 0.005) < 1e-12 } == true)
    let uneven = Convergence(weights: [
      Convergence.Weight(name: "a", elements: 300, trace: 1, error: 0),
      Convergence.Weight(name: "b", elements: 100, trace: 9, error: 0.2),
    ])
    #expect(uneven.planGain.map { abs($0 - 0.005) < 1e-12 } == true)
  }

  @Test("a single batch tells nothing of errors") func unknown() throws {
    let report = report(errors: [nil, nil])
    #expect(report.text.hasSuffix("\ntoo few sequences to tell how certain the statistics are\n"))
    let json = try JSONSerialization.jsonObject(with: Data(report.json().utf8))
    let object = try #require(json as? [String: Any])
    #expect(object["covariance"] is NSNull)
    #expect(object["plan_gain"] is NSNull && object["tokens"] as? Int == 300)
    let tensors = try #require(object["tensors"] as? [[String: Any]])
    #expect(tensors.count == 2 && tensors[0]["standard_error"] is NSNull)
  }
}
