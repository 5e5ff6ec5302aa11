import Foundation
import GGUF
import Planning
import Reports
import Testing
import TestSupport
import Workflows

/// What an `apply` leaves that was ended, and what the next one makes of it.
@Suite("An apply that was ended") struct ResumeTests {
  let bench: Workbench

  init() throws { bench = try Workbench() }

  /// What a run makes that nothing disturbs.
  func undisturbed(_ rules: String = ".*=q4_0") throws -> [UInt8] {
    try bench.apply(rules)
    defer { unlink(bench.output) }
    return try contents(of: bench.output)
  }

  /// Runs until a number of steps are done, and is interrupted.
  func begin(_ rules: String = ".*=q4_0", steps: Int, threads: Int = 1) throws {
    let interruption = Interruption()
    let spy = ProgressSpy { if $0.steps >= steps { interruption.request(signal: 15) } }
    if steps == 0 { interruption.request(signal: 15) }
    let error = #expect(throws: UnfinishedOutput.self) {
      try bench.apply(
        rules, Session(threads: threads, interruption: interruption, progress: spy))
    }
    #expect(error?.kind == .interrupted(signal: 15))
    #expect(
      "\(error!)" == "interrupted; what is done is kept in \(bench.output).partial, and the same "
        + "command goes on from there")
    #expect(try bench.names() == ["out.gguf.partial", "out.gguf.partial.journal"])
  }

  func change(_ path: String, at offset: Int) throws {
    let handle = try #require(FileHandle(forUpdatingAtPath: path))
    try handle.seek(toOffset: UInt64(offset))
    let byte = try #require(try handle.read(upToCount: 1)?.first)
    try handle.seek(toOffset: UInt64(offset))
    try handle.write(contentsOf: [byte ^ 1])
    try handle.close()
  }

  @Test("goes on after any tensor, to the same bytes, and makes none twice")
  func everyTensor() throws {
    let expected = try undisturbed()
    for steps in 0...9 {
      try begin(steps: steps)
      let report = try bench.apply(".*=q4_0")
      #expect(report.resumed == steps)
      #expect(try contents(of: bench.output) == expected)
      #expect(try bench.names() == ["out.gguf"])
      unlink(bench.output)
    }
  }

  @Test("goes on again and again, on any number of threads") func again() throws {
    let expected = try undisturbed()
    for threads in [3, 1, 2] { try begin(steps: 2, threads: threads) }
    let report = try bench.apply(".*=q4_0")
    #expect(report.resumed >= 2)
    #expect(try contents(of: bench.output) == expected)
  }

  @Test("makes a tensor anew of which a bit has flipped on the disk") func flippedBit() throws {
    let expected = try undisturbed()
    try begin(steps: 6)
    let layout = try sizes()
    try change("\(bench.output).partial", at: layout[2].offset + 100)
    #expect(try bench.apply(".*=q4_0").resumed == 5)
    #expect(try contents(of: bench.output) == expected)
  }

  /// Where the tensors of the output are.
  private func sizes() throws -> [TensorDescriptor] {
    try bench.apply(".*=q4_0") { $0.output = bench.directory("other.gguf") }
    defer { unlink(bench.directory("other.gguf")) }
    return try ModelFile(path: bench.directory("other.gguf")).tensors
  }

  @Test("does not use what was left of another recipe or version, and says so")
  func anotherRecipe() throws {
    let expected = try undisturbed(".*=q5_0")
    for version in ["1.2.3", "9.9.9"] {
      try begin(version == "1.2.3" ? ".*=q4_0" : ".*=q5_0", steps: 6)
      let spy = WarningSpy()
      let report = try bench.apply(".*=q5_0", spy.session()) { $0.version = version }
      #expect(report.resumed == 0)
      #expect(spy.warnings.count == 1 && spy.warnings[0].contains("is not used"))
      if version == "1.2.3" { #expect(try contents(of: bench.output) == expected) }
      unlink(bench.output)
    }
  }

  @Test("makes anew what other weights or other statistics change, and nothing else")
  func otherInputs() throws {
    try begin(steps: 10)
    var small = SmallModel()
    small.fixture.tensors[2].data[40] ^= 1
    try bench.directory.write(small.fixture.bytes, to: "small.gguf")
    #expect(try bench.apply(".*=q4_0").resumed == 9)
    unlink(bench.output)

    try begin(steps: 10)
    var statistics = small.statistics
    let place = try #require(
      statistics.tensors.firstIndex { $0.name == Array("blk.0.attn_q.weight.in_sum2".utf8) })
    statistics.tensors[place].data[1] ^= 1
    try bench.directory.write(statistics.bytes, to: "small.statistics.gguf")
    #expect(try bench.apply(".*=q4_0").resumed == 9)
    let resumed = try contents(of: bench.output)
    unlink(bench.output)
    #expect(try undisturbed() == resumed)
  }

  @Test("leaves nothing where no other run would do better") func hopeless() throws {
    try begin(steps: 4)
    #expect(throws: ShapeMismatch.self) { try bench.apply("attn_output=iq4_kss") }
    #expect(try bench.names() == ["out.gguf.partial", "out.gguf.partial.journal"])
    var small = SmallModel()
    small.fixture.tensors[9].data.replaceSubrange(0..<2, with: [0, 0x7E])
    try bench.directory.write(small.fixture.bytes, to: "small.gguf")
    #expect(throws: (any Error).self) { try bench.apply(".*=q4_0") }
    #expect(try bench.names().isEmpty)
  }
}
