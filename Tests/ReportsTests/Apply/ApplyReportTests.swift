import Foundation
import GGUF
import Reports
import Testing

@Suite struct ApplyReportTests {
  let report = ApplyReport(
    path: "out\u{1B}.gguf", fileBytes: 1_048_576, bitsPerWeight: 4.5,
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

  @Test func jsonHasTheFileAndItsTensors() throws {
    let json = try #require(try object(report.json()))
    #expect(json["path"] as? String == "out\u{1B}.gguf")
    #expect(json["bytes"] as? Int == 1_048_576)
    #expect(json["bpw"] as? Double == 4.5)
    let tensors = try #require(json["tensors"] as? [[String: Any]])
    #expect(tensors.map { $0["name"] as? String } == ["a.weight", "norm\n.weight"])
    #expect(tensors.map { $0["from"] as? String } == ["bf16", "f32"])
    #expect(tensors.map { $0["type"] as? String } == ["iq4_k", "f32"])
    #expect(tensors.map { $0["bytes"] as? Int } == [576, 64])
  }
}
