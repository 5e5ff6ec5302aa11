import GGUF
import Measurement
import Planning
import Reports
import Testing
import TestSupport
import Workflows

@Suite("Measuring in shares") struct MeasureTests {
  let bench: Workbench

  init() throws { bench = try Workbench() }

  private func request(_ share: WorkShare, to name: String? = nil) -> MeasureRequest {
    MeasureRequest(
      inputs: bench.request().inputs, share: share,
      output: bench.directory(name ?? "\(share.number).measured"), version: "1.2.3")
  }

  @discardableResult
  private func measure(
    _ number: Int, of count: Int, to name: String? = nil, _ session: Session = Session(threads: 2)
  ) throws -> String {
    try MeasureWorkflow.run(
      request(try #require(WorkShare(number: number, of: count)), to: name), session
    ).text
  }

  private func merge(_ names: [String], _ session: Session = Session(threads: 1)) throws -> String {
    try CacheMergeWorkflow.run(
      CacheMergeRequest(shares: names.map { bench.directory($0) }, cache: bench.cache), session
    ).text
  }

  @Test(
    "leads to the plan that one process makes, which measures nothing anew", arguments: [1, 3, 8])
  func samePlan(count: Int) throws {
    let alone = try bench.plan()
    for number in 1...count { try measure(number, of: count) }
    let report = try merge((1...count).map { "\($0).measured" })
    #expect(report.hasSuffix("from \(count) of \(count) \(count == 1 ? "share" : "shares")\n"))
    let spy = ProgressSpy()
    let planned = try bench.plan(.bitsPerWeight(5), Session(threads: 2, progress: spy)) {
      $0.cache = bench.cache
    }
    #expect(planned.recipe.text == alone.recipe.text)
    #expect(planned.report.plan.loss == alone.report.plan.loss)
    // Only digests are taken: the cache knows every result.
    #expect(spy.record.activities.contains("measuring"))
    // Nothing is left beside the files.
    #expect(
      try bench.directory.names().allSatisfy { !$0.hasSuffix(".cache") && !$0.contains("journal") })
  }

  @Test("writes the same bytes whatever the threads, and leaves what is there")
  func sameBytes() throws {
    try measure(2, of: 3, to: "a", Session(threads: 1))
    try measure(2, of: 3, to: "b", Session(threads: 2))
    let bytes = try contents(of: bench.directory("a"))
    #expect(try contents(of: bench.directory("b")) == bytes)
    #expect(try measure(2, of: 3, to: "a").contains("was there already"))
    #expect(try contents(of: bench.directory("a")) == bytes)
  }

  @Test("goes on where a run was ended, to the same bytes")
  func resumes() throws {
    try measure(1, of: 2, to: "whole")
    let interruption = Interruption()
    let ending = ProgressSpy { if $0.steps >= 3 { interruption.request(signal: 15) } }
    #expect(throws: (any Error).self) {
      try measure(
        1, of: 2, to: "ended",
        Session(threads: 1, interruption: interruption, progress: ending))
    }
    #expect(try bench.directory.names().contains("ended.cache"))
    try measure(1, of: 2, to: "ended")
    #expect(
      try contents(of: bench.directory("ended")) == contents(of: bench.directory("whole")))
    #expect(try !bench.directory.names().contains("ended.cache"))
  }

  @Test("does not replace what is there of something else, unless it is told to")
  func conflict() throws {
    try bench.directory.write(Array("mine".utf8), to: "1.measured")
    #expect(throws: ConflictError.exists(bench.directory("1.measured"))) { try measure(1, of: 3) }
    #expect(try contents(of: bench.directory("1.measured")) == Array("mine".utf8))
    var forced = request(try #require(WorkShare(number: 1, of: 3)))
    forced.overwrite = true
    _ = try MeasureWorkflow.run(forced, Session(threads: 2))
    #expect(try ShareFile.header(of: bench.directory("1.measured")).count == 3)
  }

  @Test("can be merged again, in any order, and says which shares are missing")
  func merging() throws {
    for number in 1...4 { try measure(number, of: 4) }
    let spy = WarningSpy()
    _ = try merge(["3.measured"], spy.session())
    #expect(spy.warnings.count == 1 && spy.warnings[0].contains("shares 1, 2, 4 was given"))
    let all = try merge(["4.measured", "2.measured", "1.measured", "3.measured", "2.measured"])
    #expect(all.contains("from 4 of 4 shares"))
    #expect(
      try merge(["1.measured", "2.measured", "3.measured", "4.measured"]).contains(" 0 of them new")
    )
  }

  @Test("is refused where shares do not belong together, or are none")
  func mismatch() throws {
    try measure(1, of: 2)
    try measure(1, of: 3, to: "other-count")
    #expect(throws: ShareMismatch.self) { try merge(["1.measured", "other-count"]) }
    var other = request(try #require(WorkShare(number: 2, of: 2)), to: "other-statistics")
    other.inputs.statistics = nil
    _ = try MeasureWorkflow.run(other, Session(threads: 2))
    #expect(throws: ShareMismatch.self) { try merge(["1.measured", "other-statistics"]) }
    for name in ["small.gguf", "small.statistics.gguf"] {
      let error = #expect(throws: ShareFileError.self) { try merge([name]) }
      #expect(error?.problem == .notOne)
    }
    #expect(try !bench.directory.names().contains("measurements.sqlite"))
  }

  @Test("is refused where a file is not as it was written", arguments: [0.02, 0.3, 0.6, 0.97])
  func damage(place: Double) throws {
    try measure(1, of: 1)
    let path = bench.directory("1.measured")
    var bytes = try contents(of: path)
    // A torn copy.
    try bench.directory.write(Array(bytes[..<Int(place * Double(bytes.count))]), to: "torn")
    #expect(throws: ShareFileError.self) { try merge(["torn"]) }
    // A byte that turned: the plan is right all the same.
    bytes[Int(place * Double(bytes.count))] ^= 0x20
    try bench.directory.write(bytes, to: "turned")
    _ = try? merge(["turned"])
    let planned = try bench.plan { $0.cache = bench.cache }
    #expect(planned.recipe.text == (try bench.plan()).recipe.text)
  }
}
