import GGUF
import Measurement
import Reports
import Statistics
import Testing

@Suite("Figures that are no numbers") struct NumbersTests {
  /// A report with figures that no measurement should have.
  private var report: DistortionReport {
    var distortion = Distortion(loss: 1)
    distortion.loss = .infinity
    distortion.lossVariance = 1
    distortion.weightedRelativeError = -.nan
    distortion.rootMeanSquareError = .nan
    distortion.maximumError = -.infinity
    distortion.percentile95 = 0.5
    return DistortionReport(
      tensors: [
        DistortionReport.Tensor(
          name: "a", elements: 32,
          pairs: [DistortionReport.Pair(type: .Q4_0, bytes: 18, distortion: distortion)])
      ], unit: .nats, order: .file)
  }

  @Test("are null in JSON") func json() throws {
    let text = try report.json()
    for key in ["predicted", "rmse", "maximum_error", "weighted_relative_error"] {
      #expect(text.contains("\"\(key)\" : null"), "\(key)")
    }
    #expect(text.contains("\"percentile_95\" : 0.5"))
  }

  @Test("are empty in CSV") func csv() {
    #expect(report.csv.split(separator: "\n")[1] == "a,q4_0,18,,,,0.5,,1.0,nats,8,8,,")
  }

  @Test("are words in text") func text() {
    #expect(report.text.contains("no number") && report.text.contains("infinite"))
  }
}
