import GGUF
import Reports
import Testing

@Suite("The report of a verification") struct VerifyReportTests {
  @Test("Without faults it says what was checked")
  func sound() throws {
    var report = VerifyReport(path: "a/b.gguf")
    report.shards = 2
    report.fileBytes = 2048
    report.tensors = 3
    report.digests = .agree
    #expect(
      report.text == """
        a/b.gguf: 3 tensors, 2.00 KiB in 2 files
        digests: all agree with those that the file records
        weights: all were decoded
        no fault found

        """)
  }

  @Test("Faults are listed by kind, tensor and sentence, text from files escaped")
  func faults() throws {
    var report = VerifyReport(path: "a\u{1B}b")
    report.shards = 1
    report.add([
      .missing(tensor: "x\u{202E}"), .changedKey("k\n"),
      .digest(
        tensor: "y", recorded: ContentDigest(of: "a"), found: ContentDigest(of: "b")),
    ])
    #expect(!report.text.contains("\u{1B}") && !report.text.contains("\u{202E}"))
    #expect(report.text.contains("3 faults:\n  tensor x\\u{202e} of the source is missing\n"))
    let json = try report.json()
    #expect(json.contains("\"kind\" : \"missing_tensor\""))
    #expect(json.contains("\"fault_count\" : 3"))
    #expect(json.contains("\"tensor\" : null"))
  }

  @Test("A file that could not be read is one fault and nothing else")
  func malformed() {
    var report = VerifyReport(path: "a")
    report.add([.format(FormatError(path: "a", .notGGUF))])
    #expect(report.text.hasPrefix("1 fault:\n  a: the file does not begin with"))
  }
}
