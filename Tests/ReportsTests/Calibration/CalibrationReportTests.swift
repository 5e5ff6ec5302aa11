import Calibration
import Foundation
import NeuralNetwork
import Reports
import Testing

@Suite("Reports on calibrations") struct CalibrationReportTests {
  func report(errors: [Double?]) -> CalibrationReport {
    CalibrationReport(
      path: "out.gguf", texts: ["a.txt"], sequences: 3, tokensPerSequence: 100,
      convergence: Convergence(
        weights: errors.enumerated().map { index, error in
          Convergence.Weight(
            name: "blk.\(index).weight", elements: 1000, trace: 0.5, error: error)
        }))
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
