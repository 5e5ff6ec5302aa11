import GGUF
import Planning
import Reports
import Testing

@Suite("The picture of a frontier")
struct FrontierPlotTests {
  @Test("is well-formed whatever the names, and says what it shows")
  func isWellFormed() throws {
    let hostile = "<script>&\"'\u{1}\u{202E}"
    let report = try FrontierReportTests.report(
      model: hostile,
      references: [.init(name: hostile, kind: .type, bytes: 1000, loss: 0.05)])
    let elements = try PlotElements(of: report.svg)
    #expect(elements.names.prefix(3) == ["svg", "title", "desc"])
    #expect(!elements.names.contains("script"))
    #expect(elements.texts.contains("<script>&\"'\\u{1}\\u{202e}"))
    #expect(elements.texts[1].contains("falls from 0.06 at 3.5000 bits per weight"))
  }

  @Test("has a mark for each known mix within the frontier's sizes, with its name")
  func hasMarks() throws {
    let elements = try PlotElements(of: FrontierReportTests.report().svg)
    #expect(elements.texts(of: "type-name") == ["iq3_k"])
    #expect(elements.texts(of: "skeleton-name") == ["Q4_K_M"])
    // One more each in the legend.
    #expect(elements.attributes(of: "type").count == 2)
    #expect(elements.attributes(of: "skeleton").count == 2)
  }

  @Test("draws the frontier from left to right, downwards, within the picture")
  func drawsTheLine() throws {
    let elements = try PlotElements(of: FrontierReportTests.largeReport().svg)
    let path = try #require(elements.attributes(of: "line").last?["d"])
    let points = path.dropFirst().split(separator: "L").map { point in
      point.split(separator: " ").map { Double($0)! }
    }
    #expect(points.count > 50)
    for (left, right) in zip(points, points.dropFirst()) {
      #expect(left[0] <= right[0] && left[1] <= right[1])
    }
    #expect(points.allSatisfy { (0...960).contains($0[0]) && (0...640).contains($0[1]) })
  }
}
