import GGUF
import Planning
import Statistics
import Testing

/// What a plan promises, and when it no longer does.
@Suite("The promise of a recipe") struct PromiseStandingTests {
  static let tensors = try! ["output.weight", "blk.0.attn_q.weight", "blk.1.attn_q.weight"].map {
    try TensorDescriptor(name: $0, shape: [256, 16], type: .BF16)
  }
  static let statistics = PlanRecord.StatisticsRecord(name: "s.gguf", digest: "d1")

  static func record(statistics: PlanRecord.StatisticsRecord? = statistics) -> PlanRecord {
    PlanRecord(
      version: "1.2.3", model: "m.gguf", modelFingerprint: "f1", statistics: statistics,
      sensitivity: "measured", skeleton: nil, maxMoves: nil,
      target: [.init(name: "target-bpw", value: "4.5")], weighting: nil, runtime: .ik,
      bitsPerWeight: 4.5, fileBytes: 1000, promise: Promise(unit: .nats, loss: 0.01),
      lowerBound: 0.01, isOptimal: true)
  }

  /// The text of a sealed recipe.
  static func text(_ record: PlanRecord = record()) -> String {
    let recipe = Recipe(
      assigning: [
        ("output.weight", .Q8_0), ("blk.0.attn_q.weight", .Q4_K), ("blk.1.attn_q.weight", .Q5_K),
      ], provenance: record.provenance)
    return try! recipe.outcome(for: tensors).sealed().text
  }

  /// The standing of a recipe's text against a model and statistics.
  static func standing(
    _ text: String, model: String = "f1", statistics: PlanRecord.StatisticsRecord? = statistics
  ) throws -> PromiseStanding {
    try Recipe(parsing: text).outcome(for: tensors)
      .promise(modelFingerprint: model, statistics: statistics)
  }

  @Test("holds with the second moments that were planned with alone")
  func moments() throws {
    let moments = PlanRecord.StatisticsRecord(name: "c.gguf", digest: "d3")
    var record = Self.record()
    record.moments = moments
    func standing(
      _ record: PlanRecord, _ moments: PlanRecord.StatisticsRecord?
    ) throws -> PromiseStanding {
      try Recipe(parsing: Self.text(record)).outcome(for: Self.tensors)
        .promise(modelFingerprint: "f1", statistics: Self.statistics, moments: moments)
    }
    #expect(try standing(record, moments).promise != nil)
    #expect(
      try standing(record, nil) == .void([.otherMoments(planned: "c.gguf", given: nil)]))
    let other = PlanRecord.StatisticsRecord(name: "c.gguf", digest: "d4")
    #expect(
      try standing(record, other) == .void([.otherMoments(planned: "c.gguf", given: "c.gguf")]))
    #expect(try standing(Self.record(), moments) == .void([.momentsGiven("c.gguf")]))
  }

  @Test("holds for the model and the statistics that were planned with")
  func holds() throws {
    #expect(try Self.standing(Self.text()) == .holds(Promise(unit: .nats, loss: 0.01)))
    let bare = Self.text(Self.record(statistics: nil))
    #expect(try Self.standing(bare, statistics: nil).promise != nil)
  }

  @Test("holds whatever form the recipe is written in")
  func forms() throws {
    let recipe = try Recipe(parsing: Self.text())
    for format in [RecipeFormat.json, .recipe] {
      let text = try format.text(of: recipe.outcome(for: Self.tensors))
      #expect(try Self.standing(text).promise != nil, "\(format)")
    }
    let lines = Self.text().split(separator: "\n")
    let rules = lines.filter { !$0.hasPrefix("#") }.reversed()
    let reordered = (lines.filter { $0.hasPrefix("#") } + rules).joined(separator: "\n")
    #expect(try Self.standing(reordered).promise != nil)
    #expect(try Self.standing("# note: for the laptop\n" + Self.text()).promise != nil)
  }

  @Test(
    "is void once a rule or an entry of the record was edited",
    arguments: [
      ("=q5_K", "=q6_K"), ("predicted_kld: 0.01", "predicted_kld: 0.001"),
      ("sensitivity: measured", "sensitivity: none"), ("runtime: ik", "weighting: heuristic"),
      ("target-bpw: 4.5", "target-bpw: 4.4"),
    ])
  func edited(from old: String, to new: String) throws {
    let text = Self.text()
    try #require(text.contains(old), "\(text)")
    #expect(try Self.standing(text.replacing(old, with: new)) == .void([.edited]))
  }

  @Test("is void for another model, even of the same shape")
  func otherModel() throws {
    #expect(
      try Self.standing(Self.text(), model: "f2") == .void([.otherModel("m.gguf")]))
  }

  @Test("is void with other statistics, none, or some where there were none")
  func otherStatistics() throws {
    let changed = PlanRecord.StatisticsRecord(name: "s.gguf", digest: "d2")
    #expect(
      try Self.standing(Self.text(), statistics: changed)
        == .void([.otherStatistics(planned: "s.gguf", given: "s.gguf")]))
    #expect(
      try Self.standing(Self.text(), statistics: nil)
        == .void([.otherStatistics(planned: "s.gguf", given: nil)]))
    #expect(
      try Self.standing(Self.text(Self.record(statistics: nil)))
        == .void([.statisticsGiven("s.gguf")]))
  }

  @Test("holds with the same statistics under another name")
  func renamedStatistics() throws {
    let renamed = PlanRecord.StatisticsRecord(name: "copy.gguf", digest: "d1")
    #expect(try Self.standing(Self.text(), statistics: renamed).promise != nil)
  }

  @Test("is void without a seal, and none where nothing was promised")
  func unsealed() throws {
    let text = Self.text().split(separator: "\n").filter { !$0.hasPrefix("# seal") }
      .joined(separator: "\n")
    #expect(try Self.standing(text) == .void([.unsealed]))
    #expect(try Self.standing("output=q8_0", statistics: nil) == PromiseStanding.none)
  }
}
