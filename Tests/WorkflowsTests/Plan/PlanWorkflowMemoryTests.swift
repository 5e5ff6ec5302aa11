import Codecs
import Foundation
import GGUF
import Measurement
import Planning
import Reports
import Testing
import TestSupport
import Workflows

/// What a plan remembers, and that it measures only what it must.
@Suite struct PlanWorkflowMemoryTests {
  let bench: Workbench

  init() throws { bench = try Workbench() }

  /// Plans with the cache.
  ///
  /// - Returns: The recipe, and how many steps the work took: one for each row that was measured
  ///   under a type, one for each tensor and type that was known.
  func plan(
    _ bits: Double = 5, sampling: Sampling = .full, statistics: Bool = true
  ) throws -> (recipe: String, steps: Int) {
    let spy = ProgressSpy()
    let planned = try bench.plan(.bitsPerWeight(bits), Session(threads: 2, progress: spy)) {
      $0.cache = bench.cache
      $0.sampling = sampling
      if !statistics { $0.statistics = nil }
    }
    let record = spy.record
    // What the cache has no digest of is read first.
    #expect(record.activities.drop { $0 == "reading" } == ["measuring"])
    #expect(record.activities.count <= 2 && record.ended == record.activities.count)
    #expect(record.done == record.total)
    return (planned.recipe.text, record.steps)
  }

  /// Tensors times types that fit them.
  var pairs: Int {
    get throws {
      let names = SmallModel().weights.map { String(decoding: $0.name, as: UTF8.self) }
      return try ModelFile(path: bench.model).tensors.filter { names.contains($0.name) }
        .reduce(0) { sum, tensor in
          let fitting = Codec.all.filter {
            $0.type.isQuantized && Runtime.ik.loads($0.type)
              && TensorShape(tensor.shape).allows($0.type)
          }
          return sum + fitting.count
        }
    }
  }

  @Test func theSamePlanAgainMeasuresNothing() throws {
    let first = try plan()
    let second = try plan()
    #expect(first.recipe == second.recipe)
    #expect(second.steps == (try pairs))
    #expect(first.steps > 20 * second.steps)
  }

  @Test func aPlanForAnotherTargetMeasuresNothing() throws {
    _ = try plan(5)
    let other = try plan(7)
    #expect(other.steps == (try pairs))
    try FileManager.default.removeItem(atPath: bench.cache)
    #expect(try plan(7).recipe == other.recipe)
  }

  @Test func otherStatisticsAndOtherSamplesAreMeasuredAnew() throws {
    let first = try plan()
    // Some types are not tried without importance.
    let without = try plan(statistics: false)
    #expect(without.steps > 10 * (try pairs) && without.steps < first.steps)
    let sampled = try plan(sampling: .fraction(0.5))
    #expect(sampled.steps > 10 * (try pairs) && sampled.steps < first.steps)
    #expect(try plan().steps == (try pairs))
  }

  @Test func aCopyOfTheModelIsKnown() throws {
    let first = try plan()
    try FileManager.default.moveItem(atPath: bench.model, toPath: bench.directory("old.gguf"))
    try bench.directory.write(contents(of: bench.directory("old.gguf")), to: "small.gguf")
    let second = try plan()
    #expect(second.recipe == first.recipe)
    #expect(second.steps == (try pairs))
  }

  @Test func aTensorThatChangedIsMeasuredAnewAndAlone() throws {
    let first = try plan()
    var small = SmallModel()
    let index = try #require(
      small.fixture.tensors.firstIndex { $0.name == Array("blk.0.attn_q.weight".utf8) })
    small.fixture.tensors[index].data[0] ^= 1
    try bench.directory.write(small.fixture.bytes, to: "small.gguf")
    let second = try plan()
    #expect(second.steps > (try pairs) && second.steps < first.steps / 2)
    #expect(try plan().steps == (try pairs))
  }

  @Test func aKilledPlanKeepsWhatItMeasured() throws {
    let interruption = Interruption()
    let whole = try plan().steps
    try FileManager.default.removeItem(atPath: bench.cache)
    let spy = ProgressSpy {
      let isMeasuring = $0.activities.last == "measuring"
      if isMeasuring, $0.steps >= whole / 2 { interruption.request(signal: 15) }
    }
    let error = #expect(throws: Interrupted.self) {
      try bench.plan(
        .bitsPerWeight(5), Session(threads: 2, interruption: interruption, progress: spy)
      ) { $0.cache = bench.cache }
    }
    #expect(error?.signal == 15)
    #expect(spy.record.ended == spy.record.activities.count)
    #expect(try plan().steps < whole * 3 / 4)
  }

  @Test func aSampleHasAStandardErrorAndAFullMeasurementHasNone() throws {
    let full = try bench.plan(.bitsPerWeight(5)).report.plan
    let sampled = try bench.plan(.bitsPerWeight(5)) { $0.sampling = .fraction(0.2) }.report.plan
    #expect(full.standardError == 0)
    #expect(sampled.standardError > 0 && sampled.standardError < 0.2 * sampled.loss)
    for entry in sampled.entries where entry.type.isQuantized {
      #expect(entry.standardError > 0)
    }
  }

  @Test func aDamagedCacheIsWarnedOfAndReplaced() throws {
    let recipe = try plan().recipe
    var bytes = try Array(contents(of: bench.cache))
    for place in 100..<bytes.count { bytes[place] = UInt8(truncatingIfNeeded: 7 * place) }
    try bench.directory.write(bytes, to: "measurements.sqlite")
    let spy = WarningSpy()
    let planned = try bench.plan(.bitsPerWeight(5), spy.session()) { $0.cache = bench.cache }
    #expect(planned.recipe.text == recipe)
    #expect(spy.warnings.count == 1 && spy.warnings[0].contains(bench.cache))
    #expect(try plan().steps == (try pairs))
  }

  @Test func aCacheNeverTakesThePlaceOfAnInput() throws {
    let before = try contents(of: bench.model)
    for path in [bench.model, bench.statistics] {
      #expect(throws: ConflictError.self) { try bench.plan { $0.cache = path } }
    }
    #expect(try contents(of: bench.model) == before)
    #expect(try bench.names().isEmpty)
  }
}
