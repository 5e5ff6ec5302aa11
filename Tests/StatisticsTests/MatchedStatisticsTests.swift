import GGUF
import Statistics
import Testing
import TestSupport

/// What is known of a model's tensors, decided once.
@Suite("Statistics matched with a model") struct MatchedStatisticsTests {
  let directory = TemporaryDirectory()

  @Test("know of each tensor what its vectors say")
  func knowledge() throws {
    let model = try ModelFile(path: Folio.model)
    let matched = try MatchedStatistics(StatisticsFile.read(path: Folio.statistics), with: model)
    for tensor in model.tensors {
      let read = try matched.statistics(of: tensor)
      #expect(matched.knowledge(of: tensor) == MatchedStatistics.Knowledge(read), "\(tensor.name)")
    }
    let table = try #require(model["token_embd.weight"])
    #expect(matched.knowledge(of: table).lookup && !matched.knowledge(of: table).importance)
    let queries = try #require(model["blk.0.attn_q.weight"])
    #expect(
      matched.knowledge(of: queries).importance && matched.knowledge(of: queries).rowSensitivity)
  }

  @Test("notice that their file was changed after it was opened")
  func changed() throws {
    for bytes in [
      LegacyFixture(entries: [.init("w.weight", [1, 2])]).bytes,
      GGUFFixture(tensors: [
        .f32("w.weight.in_sum2", [2], [1, 2]), .f32("w.weight.counts", [1, 1], [1]),
      ]).bytes,
    ] {
      let statistics = try directory.statistics(bytes)
      try statistics.checkUnchanged()
      _ = try directory.write(bytes + [0], to: "statistics")
      #expect(throws: FileError.self) { try statistics.checkUnchanged() }
    }
  }
}
