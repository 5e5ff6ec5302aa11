import GGUF
import Measurement
import Reports
import Statistics
import Testing

@Suite struct DistortionTextTests {
  static let tensors: [DistortionReport.Tensor] = [
    .init("blk.0.ffn_down.weight", [(.IQ4_K, 576, 0.001, 0.01), (.IQ3_K, 440, 0.004, 0.02)]),
    .init("output.weight", [(.IQ3_K, 440, 12340, 0.5), (.Q8_0, 1088, 0.25, 1e-5)]),
  ]

  static func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func theMatrixHasATypeAColumnByItsSizeAndATensorALine() {
    let report = DistortionReport(tensors: Self.tensors, unit: .nats, order: .file)
    let lines = Self.lines(report.text)
    #expect(
      lines[..<5] == [
        "predicted KLD",
        "tensor                     iq3_k  iq4_k  q8_0",
        "blk.0.ffn_down.weight      0.004  0.001     –",
        "output.weight          1.234e+04      –  0.25",
        "all                    1.234e+04      –     –",
      ])
  }

  @Test func theMatrixHasEveryFigure() {
    let report = DistortionReport(
      tensors: Self.tensors, unit: .weightedSquaredError, order: .file)
    let headings = Self.lines(report.text).filter { !$0.isEmpty && !$0.contains("  ") }
    #expect(
      headings == [
        "predicted error", "weighted relative error", "RMSE", "maximum error", "95th percentile",
        "cheapest upgrade from the smallest type",
      ])
  }

  @Test func theTotalIsThatOfTypesThatEveryTensorHas() {
    let tensors = [Self.tensors[0], .init("b.weight", [(.IQ3_K, 440, 0.006, 0)])]
    let report = DistortionReport(tensors: tensors, unit: .nats, order: .file)
    #expect(Self.lines(report.text)[4] == "all                     0.01      –")
  }

  @Test func theFirstUpgradeOfEachTensorIsShown() {
    let report = DistortionReport(tensors: Self.tensors, unit: .nats, order: .file)
    #expect(
      Self.lines(report.text).suffix(5) == [
        "cheapest upgrade from the smallest type",
        "tensor                 smallest  next upgrade  gain per KiB",
        "blk.0.ffn_down.weight  iq3_k     iq4_k              0.02259",
        "output.weight          iq3_k     q8_0              1.95e+04",
        "",
      ])
  }

  @Test func theListHasALineATensorAndTheTotal() {
    let tensors: [DistortionReport.Tensor] = [
      .init("a.weight", [(.IQ4_K, 576, 0.001, 0.01)]),
      .init("bb.weight", [(.Q8_0, 1088, 0.0002, 0.0001)]),
    ]
    let report = DistortionReport(tensors: tensors, unit: .nats, order: .file, layout: .list)
    let lines = Self.lines(report.text)
    #expect(
      lines[0]
        == "tensor     type      bpw  predicted KLD  weighted relative error    RMSE  maximum error  "
        + "95th percentile")
    #expect(
      lines[1]
        == "a.weight   iq4_k  4.5000          0.001                     0.01    0.02           0.16  "
        + "           0.04")
    #expect(lines[2].hasPrefix("bb.weight  q8_0   8.5000         0.0002"))
    #expect(lines[3...] == ["", "predicted KLD 0.0012 nats per token", ""])
  }

  @Test func lettersBeyondASCIITakeOneColumnEach() {
    let tensors: [DistortionReport.Tensor] = [
      .init("größe.weight", [(.Q8_0, 1088, 1, 0)]), .init("grosse.weight", [(.Q8_0, 1088, 2, 0)]),
    ]
    let report = DistortionReport(tensors: tensors, unit: .nats, order: .file)
    #expect(Self.lines(report.text)[2...3] == ["größe.weight      1", "grosse.weight     2"])
  }

  @Test("wide letters take two columns each") func wideLetters() {
    let tensors: [DistortionReport.Tensor] = [
      .init("重み.weight", [(.Q8_0, 1088, 1, 0)]), .init("omomi.weight", [(.Q8_0, 1088, 2, 0)]),
    ]
    let report = DistortionReport(tensors: tensors, unit: .nats, order: .file)
    #expect(Self.lines(report.text)[2...3] == ["重み.weight      1", "omomi.weight     2"])
  }

  @Test(arguments: [
    ("\u{1B}[31mred", #"\u{1b}[31mred"#), ("a\nb", #"a\u{a}b"#), ("a\r\nb", #"a\u{d}\u{a}b"#),
    ("a\u{202E}b", #"a\u{202e}b"#), ("a\u{2028}b", #"a\u{2028}b"#), ("a\u{7}b", #"a\u{7}b"#),
  ]) func noNameReachesTheTerminalUnescaped(_ name: String, _ escaped: String) {
    let tensors: [DistortionReport.Tensor] = [.init(name, [(.Q8_0, 1088, 1, 0)])]
    for layout in [DistortionReport.Layout.matrix, .list] {
      let report = DistortionReport(tensors: tensors, unit: .nats, order: .file, layout: layout)
      let text = report.text
      #expect(text.contains(escaped) && !text.contains(name))
      #expect(
        text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    }
  }
}
