import GGUF
import Statistics
import Testing
import TestSupport

/// Statistics held against a model.
@Suite struct MatchingTests {
  let directory = TemporaryDirectory()

  func statistics(_ entries: KeyValuePairs<String, [Float]>) throws -> StatisticsFile {
    try directory.statistics(LegacyFixture(entries: entries.map { .init($0, $1) }).bytes)
  }

  @Test func namesThatMatchNothingAreToldBothWays() throws {
    let statistics = try statistics(["b.weight": [1, 1], "x.weight": [1], "a.weight": [1, 1]])
    let model = try directory.model([
      "a.weight": [2, 2], "b.weight": [2, 2], "c.weight": [2, 2], "c_norm.weight": [2],
      "c.bias": [2, 2],
    ])
    let coverage = try MatchedStatistics(statistics, with: model).coverage
    #expect(coverage.unusedEntries == ["x.weight"])
    #expect(coverage.unmeasuredTensors == ["c.weight"])
    #expect(coverage.emptyTensors == [])
    #expect(coverage.partialTensors == [])
    #expect(try statistics.of(model.tensors[2]) == nil)
  }

  @Test func statisticsOfAnotherModelAreRefused() throws {
    let statistics = try statistics(["w.weight": [1, 1, 1]])
    let model = try directory.model(["w.weight": [2, 2]])
    let problem = StatisticsError.Problem.otherShape(
      entry: "w.weight", "importance", found: 3, expected: 2)
    let expected = StatisticsError(path: directory("statistics"), problem)
    #expect(throws: expected) { try MatchedStatistics(statistics, with: model).coverage }
    #expect(throws: expected) { try statistics.of(model.first) }
  }

  @Test("A vector that is far too long for its tensor is refused unread")
  func muchTooLong() throws {
    let statistics = try statistics(["w.weight": Array(repeating: 1, count: 500)])
    let model = try directory.model(["w.weight": [2, 2]])
    let expected = StatisticsError(
      path: directory("statistics"),
      .otherShape(entry: "w.weight", "importance", found: 500, expected: 2))
    #expect(throws: expected) { try MatchedStatistics(statistics, with: model).coverage }
  }

  @Test("A tensor that the statistics lack counts as its like in other blocks, else as all")
  func typicalImportance() throws {
    let statistics = try statistics([
      "blk.0.a.weight": [1, 3], "blk.1.a.weight": [5, 7], "blk.0.b.weight": [20, 30],
    ])
    let model = try directory.model([
      "blk.0.a.weight": [2, 2], "blk.1.a.weight": [2, 2], "blk.2.a.weight": [2, 2],
      "blk.0.b.weight": [2, 2], "c.weight": [2, 2],
    ])
    let matched = try MatchedStatistics(statistics, with: model)
    #expect(matched.typicalImportance(of: model.tensors[2]) == 4)
    #expect(matched.typicalImportance(of: model.tensors[4]) == 11)
  }

  @Test(arguments: [
    ("in_sum2", "importance", 4), ("out_grad_sum2", "row sensitivity", 6),
    ("in_weighted_sum2", "weighted importance", 4),
    ("lookup_counts", "lookup share", 6), ("lookup_grad_sum2", "lookup sensitivity", 2),
  ])
  func otherShape(_ ending: String, _ quantity: String, _ expected: Int) throws {
    let tensors: [GGUFFixture.Tensor] = [
      .f32("w.weight.\(ending)", [7], [1, 2, 3, 4, 5, 6, 7]), .f32("w.weight.counts", [1], [1]),
      .f32("w.weight.in_weights", [1], [1]),
    ]
    let lookups =
      ending == "lookup_grad_sum2"
      ? [.f32("w.weight.lookup_counts", [6], [1, 1, 1, 1, 1, 1])] : [GGUFFixture.Tensor]()
    let statistics = try directory.statistics(GGUFFixture(tensors: tensors + lookups).bytes)
    let model = try directory.model(["w.weight": [2, 3, 2]])
    let error = #expect(throws: StatisticsError.self) {
      try MatchedStatistics(statistics, with: model).coverage
    }
    #expect(
      error?.problem
        == .otherShape(entry: "w.weight", quantity, found: 7, expected: expected))
  }

  @Test func countsOfAnotherNumberOfExpertsAreRefused() throws {
    let statistics = try directory.statistics(
      GGUFFixture(tensors: StatisticsFileTests.experts).bytes)
    let model = try directory.model(["w.weight": [4, 6, 1]])
    let error = #expect(throws: StatisticsError.self) {
      try MatchedStatistics(statistics, with: model).coverage
    }
    #expect(
      error?.problem == .otherShape(entry: "w.weight", "tokens", found: 2, expected: 1))
  }

  @Test(arguments: [
    ("blk.0.ffn_up_exps.weight", "blk.0.ffn_gate_up_exps.weight"),
    ("blk.0.ffn_gate_exps.weight", "blk.0.ffn_gate_up_exps.weight"),
    ("blk.0.ffn_gate_exps.weight", "blk.0.ffn_up_exps.weight"),
    ("blk.0.ffn_gate_up_exps.weight", "blk.0.ffn_up_exps.weight"),
    ("blk.0.ffn_gate.weight", "blk.0.ffn_up.weight"),
    ("blk.0.attn_v_b.weight", "blk.0.attn_kv_b.weight"),
    ("blk.0.attn_kv_b.weight", "blk.0.attn_v_b.weight"),
  ])
  func aWeightWithTheSameInputsStandsIn(_ name: String, _ other: String) throws {
    let statistics = try statistics([other: [1, 2, 3, 4]])
    let model = try directory.model([name: [2, 3, 2]])
    #expect(try statistics.of(model.first)?.importance == [1, 2, 3, 4])
    #expect(try MatchedStatistics(statistics, with: model).coverage.isComplete)
  }

  @Test func anOwnEntryIsPreferred() throws {
    let statistics = try statistics([
      "blk.0.ffn_gate.weight": [1, 2], "blk.0.ffn_up.weight": [3, 4],
    ])
    let model = try directory.model(["blk.0.ffn_gate.weight": [2, 3]])
    #expect(try statistics.of(model.first)?.importance == [1, 2])
    #expect(
      try MatchedStatistics(statistics, with: model).coverage.unusedEntries == [
        "blk.0.ffn_up.weight"
      ])
  }

  @Test func onlyImportanceIsShared() throws {
    let statistics = try directory.statistics(
      GGUFFixture(tensors: [
        .f32("blk.0.ffn_up.weight.in_sum2", [2], [4, 8]),
        .f32("blk.0.ffn_up.weight.out_grad_sum2", [3], [4, 8, 12]),
        .f32("blk.0.ffn_up.weight.in_weighted_sum2", [2], [4, 8]),
        .f32("blk.0.ffn_up.weight.in_weights", [1], [4]),
        .f32("blk.0.ffn_up.weight.counts", [1], [4]),
      ]).bytes)
    let entry = try #require(
      try statistics.of(directory.model(["blk.0.ffn_gate.weight": [2, 3]]).first))
    #expect(entry.importance == [1, 2])
    #expect(entry.rowSensitivity == nil && entry.weightedImportance == nil)
    #expect(entry.tokens == [4])
  }

  @Test func everyHeadMeetsTheInputsOfTheFusedWeight() throws {
    let statistics = try statistics(["blk.0.attn_kv_b.weight": [1, 2]])
    let model = try directory.model(["blk.0.attn_v_b.weight": [2, 3, 2]])
    #expect(try statistics.of(model.first)?.importance == [1, 2, 1, 2])
  }

  @Test func aSubstituteOfAnotherShapeDoesNotStandIn() throws {
    let statistics = try statistics(["blk.0.ffn_up.weight": [1, 2, 3]])
    let model = try directory.model(["blk.0.ffn_gate.weight": [2, 3]])
    #expect(try statistics.of(model.first) == nil)
  }
}
