import Foundation
import GGUF
import Measurement
import Planning
import Reports
import Statistics
import Testing

@Suite("A table on a terminal") struct TableWidthTests {
  private static func report(_ name: String) -> DistortionReport {
    let pairs: [(TensorType, Int, Double, Double)] = [
      (.IQ2_K, 100, 0.4, 0), (.IQ3_K, 200, 0.3, 0), (.IQ4_K, 300, 0.2, 0), (.Q8_0, 400, 0.1, 0),
    ]
    return DistortionReport(tensors: [.init(name, pairs)], unit: .nats, order: .file)
  }

  /// The lines of the first table.
  private static func lines(_ report: DistortionReport, _ columns: Int?) -> [String] {
    report.text(columns: columns).components(separatedBy: "\nweighted relative error")[0]
      .split(separator: "\n", omittingEmptySubsequences: false).dropFirst().map(String.init)
  }

  @Test("is as in a pipe where it fits")
  func fits() {
    let report = Self.report("a.weight")
    #expect(report.text(columns: 200) == report.text)
  }

  @Test("has its columns in groups, each beside the first, where it does not fit")
  func groups() {
    #expect(
      Self.lines(Self.report("a.weight"), 24) == [
        "tensor    iq2_k  iq3_k", "a.weight    0.4    0.3", "all         0.4    0.3", "",
        "tensor    iq4_k  q8_0", "a.weight    0.2   0.1", "all         0.2   0.1", "",
      ])
  }

  @Test("has a line for each cell where a name leaves no room for a column")
  func names() {
    #expect(
      Self.lines(Self.report("blk.0.a.name.of.some.length"), 20).prefix(4) == [
        "blk.0.a.name.of.", "some.length", "  iq2_k  0.4", "  iq3_k  0.3",
      ])
    #expect(
      Self.lines(Self.report("重み.重み.重み.重み"), 12).prefix(3) == [
        "重み.重み.", "重み.重み", "  iq2_k  0.4",
      ])
  }

  @Test("has its last column wrapped where that is text")
  func wrapped() throws {
    let source = try RecipeSource(
      "blk\\.(0|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15)\\.ffn_up=q4_0\ntoken_embd=q8_0")
    #expect(
      RecipeReport(source: source, model: nil).text(columns: 48) == """
        type     bpw  rule
        q4_0  4.5000  blk\\.(0|1|2|3|4|5|6|7|8|9|10|11|
                      12|13|14|15)\\.ffn_up
        q8_0  8.5000  token_embd

        """)
  }
}
