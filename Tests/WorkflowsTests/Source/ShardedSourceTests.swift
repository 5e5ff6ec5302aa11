import GGUF
import Measurement
import Planning
import Reports
import Testing
import TestSupport
import Workflows

@Suite struct ShardedSourceTests {
  let bench: Workbench
  let first: String

  init() throws {
    bench = try Workbench()
    let shards = SmallModel().shards([3, 4, 3])
    for shard in shards { try bench.directory.write(shard.fixture.bytes, to: shard.name) }
    first = bench.directory(shards[0].name)
  }

  @Test func aSplitModelGivesTheSamePlanAndTheSameFile() throws {
    let whole = try bench.plan(.fileBytes(150_000))
    let split = try bench.plan(.fileBytes(150_000)) { $0.model = first }
    #expect(split.recipe.rules == whole.recipe.rules)
    #expect(split.report.fileBytes == whole.report.fileBytes)
    #expect(split.report.plan.loss == whole.report.plan.loss)
    try bench.apply(whole.recipe)
    try bench.apply(whole.recipe) {
      $0.model = first
      $0.output = bench.directory("split.gguf")
    }
    let bytes = try contents(of: bench.output)
    #expect(try contents(of: bench.directory("split.gguf")) == bytes)
    let keys = try ModelFile(path: bench.output).metadata.entries.map(\.key)
    #expect(!keys.contains { $0.hasPrefix("split.") })
  }

  @Test func whatWasMeasuredOfTheWholeIsKnownOfItsShards() throws {
    let spies = try [bench.model, first].map { path in
      let spy = ProgressSpy()
      _ = try bench.plan(.bitsPerWeight(5), Session(threads: 2, progress: spy)) {
        $0.model = path
        $0.cache = bench.cache
      }
      return spy
    }
    #expect(spies[0].record.steps > 20 * spies[1].record.steps)
  }

  @Test func noShardIsOverwritten() throws {
    for shard in SmallModel().shards([3, 4, 3]) {
      #expect(throws: ConflictError.self) {
        try bench.apply(".*=q4_0") {
          $0.model = first
          $0.output = bench.directory(shard.name)
          $0.overwrite = true
        }
      }
      #expect(try contents(of: bench.directory(shard.name)) == shard.fixture.bytes)
    }
  }
}
