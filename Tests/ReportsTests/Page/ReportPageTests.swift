import Foundation
import GGUF
import Measurement
import Planning
import Reports
import Statistics
import Testing
import TestSupport

@Suite("Report pages") struct ReportPageTests {
  private static let distortion = {
    var distortion = Distortion(loss: 0.001_234_567, error: 1e-6, rows: 2)
    distortion.weightedRelativeError = 0.01
    distortion.maximumError = .infinity
    distortion.percentile95 = 0.04
    return distortion
  }()

  /// An inspection of a tensor whose name is in no way harmless.
  private static let hostile = "</script><img src=x onerror=alert(1)> & \u{2028}"

  private func subject() throws -> PageSubject {
    let directory = TemporaryDirectory()
    let path = try directory.write(SmallModel().fixture.bytes, to: "small.gguf")
    return PageSubject(
      try ModelFile(path: path),
      facts: [PageFact("Command", Self.hostile), PageFact("Statistics", nil, reason: "none")])
  }

  private func page(_ layout: DistortionReport.Layout) throws -> String {
    let types: [TensorType] = layout == .list ? [.Q4_0] : [.Q4_0, .Q8_0]
    let pairs = types.enumerated().map { index, type in
      DistortionReport.Pair(type: type, bytes: 18 + 16 * index, distortion: Self.distortion)
    }
    let report = DistortionReport(
      tensors: [DistortionReport.Tensor(name: Self.hostile, elements: 32, pairs: pairs)],
      unit: .nats, order: .file, layout: layout)
    return try report.page(of: try subject()).html
  }

  /// The text between two others.
  private func part(_ page: String, from start: String, to end: String) throws -> String {
    let first = try #require(page.range(of: start))
    let last = try #require(page[first.upperBound...].range(of: end))
    return String(page[first.upperBound..<last.lowerBound])
  }

  private func data(_ page: String) throws -> [String: Any] {
    let text = try part(page, from: "id=\"report-data\">", to: "</script>")
    return try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test("names cannot leave the data that they are in") func escaping() throws {
    let page = try page(.matrix)
    let text = try part(page, from: "id=\"report-data\">", to: "</script>")
    for character in "<>&\u{2028}" { #expect(!text.contains(character)) }
    let data = try data(page)
    let tensors = try #require(data["tensors"] as? [[String: Any]])
    #expect(tensors[0]["name"] as? String == Self.hostile)
    let facts = try #require(data["provenance"] as? [[String: Any]])
    #expect(facts[0]["value"] as? String == Self.hostile)
    #expect(facts[1]["value"] is NSNull && facts[1]["reason"] as? String == "none")
  }

  @Test("the policy allows the style and the script that are there, and nothing else")
  func policy() throws {
    let page = try page(.list)
    let policy = try part(page, from: "Content-Security-Policy\" content=\"", to: "\">")
    for (start, end) in [("<style>", "</style>"), ("<script type=\"module\">", "</script>")] {
      let text = try part(page, from: start, to: end)
      let digest = Data(ContentDigest(of: text).bytes).base64EncodedString()
      #expect(policy.contains("'sha256-\(digest)'"))
    }
    #expect(policy.hasPrefix("default-src 'none';") && !policy.contains("unsafe"))
    for placeholder in ["STYLE_DIGEST", "SCRIPT_DIGEST", "<!--"] {
      #expect(!page.contains(placeholder))
    }
  }

  @Test("an inspection has a column of figures for each type, and what is no number is null")
  func measurements() throws {
    let data = try data(try page(.matrix))
    #expect(data["kind"] as? String == "inspect" && data["unit"] as? String == "nats")
    let measurements = try #require(data["measurements"] as? [[String: Any]])
    #expect(measurements.map { $0["type"] as? String } == ["q4_0", "q8_0"])
    #expect(measurements[0]["predicted"] as? [Double] == [0.0012346])
    #expect((measurements[0]["maximum_error"] as? [Any])?[0] is NSNull)
    #expect((measurements[0]["next_upgrade"] as? [Any])?[0] is NSNull)
    let types = try #require(data["types"] as? [[String: Any]])
    #expect(types.map { $0["bpw"] as? Double } == [4.5, 8.5])
  }

  @Test("a comparison has the figures beside each tensor") func comparison() throws {
    let data = try data(try page(.list))
    let tensor = try #require((data["tensors"] as? [[String: Any]])?.first)
    #expect(tensor["type"] as? String == "q4_0" && tensor["bytes"] as? Int == 18)
    #expect(tensor["percentile_95"] as? Double == 0.04 && tensor["weights"] as? Int == 32)
    #expect((data["measurements"] as? [Any])?.isEmpty == true)
  }
}
