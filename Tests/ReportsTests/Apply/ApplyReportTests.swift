import Foundation
import GGUF
import Reports
import Testing

@Suite struct ApplyReportTests {
  let report = ApplyReport(
    files: [.init(path: "out\u{1B}.gguf", bytes: 1_048_576)], bitsPerWeight: 4.5,
    tensors: [
      .init(name: "a.weight", from: .BF16, type: .IQ4_K, bytes: 576),
      .init(name: "norm\n.weight", from: .F32, type: .F32, bytes: 64),
    ])

  @Test func theTextSaysWhatWasWritten() {
    #expect(
      report.text == #"""
        out\u{1b}.gguf: 1.00 MiB (1,048,576 bytes), 4.5000 bits per weight
        1 of 2 tensors converted; written, read back and verified

        """#)
  }

  @Test("The text names the first of several files, and says what was there already")
  func severalFiles() {
    let report = ApplyReport(
      files: [.init(path: "a", bytes: 1024), .init(path: "b", bytes: 1024)], bitsPerWeight: 4.5,
      tensors: report.tensors, resumed: 1, takenOver: (count: 1, path: "old"))
    #expect(
      report.text == """
        a and 1 more: 2.00 KiB (2,048 bytes), 4.5000 bits per weight
        1 of 2 tensors converted, 1 finished by an earlier run, 1 taken over from old; written, read \
        back and verified

        """)
  }

  @Test("the text says what compensation is expected to do, and where it would not help")
  func compensation() {
    func text(_ trials: [(String, Double?)]) -> Substring {
      let report = ApplyReport(
        files: [.init(path: "a", bytes: 1024)], bitsPerWeight: 4.5, tensors: report.tensors,
        compensation: .init(trials: trials.map { .init(tensor: $0.0, share: $0.1) }))
      return report.text.split(separator: "\n").last!
    }
    #expect(
      text([("a", 0.5), ("b", 0.6), ("c", 0.7)])
        == "compensated: the median tensor is expected to lose × 0.6")
    #expect(
      text([("a", 0.5), ("b", 1.1), ("b", nil), ("c", nil)])
        == "compensated: the median tensor is expected to lose × 0.5; not compensated, since it would not help: b, c"
    )
    #expect(
      text([("b", 1)]) == "nothing is compensated; not compensated, since it would not help: b")
  }

  @Test func jsonHasTheFileAndItsTensors() throws {
    let json = try #require(try object(report.json()))
    #expect(json["path"] as? String == "out\u{1B}.gguf")
    #expect(json["bytes"] as? Int == 1_048_576)
    #expect((json["files"] as? [[String: Any]])?.map { $0["bytes"] as? Int } == [1_048_576])
    #expect(json["resumed"] as? Int == 0 && json["taken_over"] as? Int == 0)
    #expect(json["bpw"] as? Double == 4.5)
    let tensors = try #require(json["tensors"] as? [[String: Any]])
    #expect(tensors.map { $0["name"] as? String } == ["a.weight", "norm\n.weight"])
    #expect(tensors.map { $0["from"] as? String } == ["bf16", "f32"])
    #expect(tensors.map { $0["type"] as? String } == ["iq4_k", "f32"])
    #expect(tensors.map { $0["bytes"] as? Int } == [576, 64])
  }
}
