import Foundation
import GGUF
import Planning
import Reports
import Testing
import TestSupport
import Workflows

/// Files that are made from a file of before.
@Suite("An apply that updates") struct UpdateTests {
  let bench: Workbench
  let old: String

  init() throws {
    bench = try Workbench()
    old = bench.directory("old.gguf")
    try bench.apply("attn_q=q8_0,.*=q4_0") { [old] in $0.output = old }
  }

  @discardableResult
  func update(
    _ rules: String, _ session: Session = Session(threads: 2),
    _ change: (inout ApplyRequest) throws -> Void = { _ in }
  ) throws -> ApplyReport {
    try bench.apply(rules, session) {
      $0.update = old
      try change(&$0)
    }
  }

  /// What is made without an old file.
  func anew(
    _ rules: String, _ change: (inout ApplyRequest) throws -> Void = { _ in }
  ) throws -> [UInt8] {
    try bench.apply(rules) {
      $0.output = bench.directory("anew.gguf")
      $0.overwrite = true
      try change(&$0)
    }
    return try contents(of: bench.directory("anew.gguf"))
  }

  @Test("takes over exactly the tensors that would come out the same") func unchanged() throws {
    let report = try update("attn_q=q5_0,.*=q4_0")
    #expect(report.takenOver?.count == 9 && report.takenOver?.path == old)
    #expect(try contents(of: bench.output) == anew("attn_q=q5_0,.*=q4_0"))
  }

  @Test("takes over from what was encoded otherwise only what is copied") func statistics() throws {
    // Norms and the router keep their type, whatever is known of them.
    let report = try update("attn_q=q8_0,.*=q4_0") { $0.statistics = nil }
    #expect(report.takenOver?.count == 3)
    let expected = try anew("attn_q=q8_0,.*=q4_0") { $0.statistics = nil }
    #expect(try contents(of: bench.output) == expected)
  }

  @Test("makes a tensor anew whose bytes are no longer what the old file says") func damaged()
    throws
  {
    let tensor = try #require(try ModelFile(path: old)["output.weight"])
    let handle = try #require(FileHandle(forWritingAtPath: old))
    try handle.seek(toOffset: UInt64(tensor.offset + 7))
    try handle.write(contentsOf: [0xAA, 0x55])
    try handle.close()
    let spy = WarningSpy()
    let report = try update("attn_q=q8_0,.*=q4_0", spy.session())
    #expect(report.takenOver?.count == 9)
    #expect(spy.warnings.count == 1 && spy.warnings[0].contains("output.weight"))
    #expect(try contents(of: bench.output) == anew("attn_q=q8_0,.*=q4_0"))
  }

  @Test("passes on no weight that is no number, whatever the old file says of it")
  func notFinite() throws {
    let tensor = try #require(try ModelFile(path: old)["blk.0.attn_q.weight"])
    var bytes = try contents(of: old)
    func digest() -> [UInt8] {
      let data = bytes[tensor.offset..<tensor.offset + tensor.byteCount]
      return Array(data.withUnsafeBytes { ContentDigest(of: $0) }.hexadecimal.utf8)
    }
    let place = try #require(bytes.firstRange(of: digest()))
    // The scale of the first block of the second row.
    bytes[tensor.offset + tensor.rowBytes + 1] = 0x7E
    bytes.replaceSubrange(place, with: digest())
    try bench.directory.write(bytes, to: "old.gguf")
    let error = #expect(throws: NonFiniteWeight.self) { try update("attn_q=q8_0,.*=q4_0") }
    #expect(error?.path == bench.output && error?.tensor == tensor.name && error?.row == 1)
    #expect(try bench.names() == ["old.gguf"])
  }

  @Test("refuses a file that records nothing, before any work") func noRecords() throws {
    let error = #expect(throws: MissingRecords.self) {
      try update(".*=q4_0") { $0.update = bench.model }
    }
    #expect(error?.kind == .badInput && error?.path == bench.model)
    #expect(try bench.names() == ["old.gguf"])
  }

  @Test("may replace the old file itself, which stays until the end") func inPlace() throws {
    let expected = try anew(".*=q4_0")
    let before = try contents(of: old)
    #expect(throws: ConflictError.isInput(output: old, input: old)) {
      try update(".*=q4_0") { $0.output = old }
    }
    let interruption = Interruption()
    let spy = ProgressSpy { if $0.steps == 7 { interruption.request(signal: 2) } }
    #expect(throws: UnfinishedOutput.self) {
      try update(".*=q4_0", Session(threads: 1, interruption: interruption, progress: spy)) {
        $0.output = old
        $0.overwrite = true
      }
    }
    #expect(try contents(of: old) == before)
    let report = try update(".*=q4_0") {
      $0.output = old
      $0.overwrite = true
    }
    #expect(report.resumed + (report.takenOver?.count ?? 0) == 9)
    #expect(try contents(of: old) == expected)
    #expect(try bench.names() == ["anew.gguf", "old.gguf"])
  }
}
