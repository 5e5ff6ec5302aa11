import Foundation
import GGUF
import Planning
import Reports
import Testing
import TestSupport
import Workflows

/// Weights that are edited in place, their size and time as before.
@Suite("Weights that change under their name") struct ChangedFilesTests {
  let bench: Workbench

  init() throws { bench = try Workbench() }

  /// Where a weight of `attn_q` lies.
  func place() throws -> Int {
    try #require(try ModelFile(path: bench.model)["blk.0.attn_q.weight"]).offset + 2 * 70 * 256
  }

  /// A session in which something is done at a step of an activity.
  func session(at step: Int, of activity: String, _ act: @escaping @Sendable () -> Void) -> Session
  {
    Session(
      threads: 1,
      progress: ProgressSpy { record in
        if record.activities.last == activity, record.steps == step { act() }
      })
  }

  @Test("are measured anew by the next plan") func plan() throws {
    let spies = [ProgressSpy(), ProgressSpy(), ProgressSpy()]
    let plans = try spies.enumerated().map { number, spy in
      if number == 2 { try editInPlace(bench.model, at: place() + 1) }
      return try bench.plan(.bitsPerWeight(5), Session(threads: 2, progress: spy)) {
        $0.cache = bench.cache
      }
    }
    #expect(!spies[1].record.activities.contains("reading"))
    #expect(spies[2].record.activities.contains("reading"))
    #expect(plans[0].report.plan.loss == plans[1].report.plan.loss)
    #expect(plans[1].report.plan.loss != plans[2].report.plan.loss)
  }

  @Test("end a plan that measures them, but permissions and names do not") func duringPlan() throws
  {
    let (model, place) = (bench.model, try place())
    let name = bench.directory("name")
    _ = try bench.plan(.bitsPerWeight(5), session(at: 30, of: "measuring") { link(model, name) })
    _ = try bench.plan(.bitsPerWeight(5), session(at: 30, of: "measuring") { chmod(model, 0o600) })
    #expect(throws: FileError("rely on", model, .changed)) {
      try bench.plan(
        .bitsPerWeight(5), session(at: 30, of: "measuring") { try? editInPlace(model, at: place) })
    }
  }

  @Test("end an apply, and the next one makes their tensor anew") func duringApply() throws {
    let (model, place) = (bench.model, try place())
    let error = #expect(throws: UnfinishedOutput.self) {
      try bench.apply(
        ".*=q4_0", session(at: 3, of: "quantizing") { try? editInPlace(model, at: place) })
    }
    #expect(error?.kind == .inputOutput)
    try bench.apply(".*=q4_0")
    try bench.apply(".*=q4_0") { $0.output = bench.directory("anew.gguf") }
    #expect(try contents(of: bench.output) == contents(of: bench.directory("anew.gguf")))
  }
}
