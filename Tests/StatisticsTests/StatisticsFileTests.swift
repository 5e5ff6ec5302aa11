import GGUF
import Statistics
import Testing
import TestSupport

/// GGUF statistics files.
@Suite struct StatisticsFileTests {
  let directory = TemporaryDirectory()

  func statistics(
    _ tensors: [GGUFFixture.Tensor], keys: [GGUFFixture.Key] = []
  ) throws -> StatisticsFile {
    try directory.statistics(GGUFFixture(keys: keys, tensors: tensors).bytes)
  }

  func problem(_ tensors: [GGUFFixture.Tensor]) -> StatisticsError.Problem? {
    let error = #expect(throws: StatisticsError.self) { try statistics(tensors) }
    return error?.problem
  }

  /// Sums and counts of a weight of 2 × 3 with 2 experts.
  static let experts: [GGUFFixture.Tensor] = [
    .f32("w.weight.in_sum2", [2, 2], [2, 4, 30, 60]),
    .f32("w.weight.out_grad_sum2", [3, 2], [2, 4, 6, 10, 20, 30]),
    .f32("w.weight.counts", [1, 2], [2, 10]),
  ]

  /// Sums over weighted tokens of the same weight.
  static let weighted: [GGUFFixture.Tensor] = [
    .f32("w.weight.in_weighted_sum2", [2, 2], [2, 1, 30, 60]),
    .f32("w.weight.in_weights", [1, 2], [0.5, 10]),
  ]

  @Test("Weighted sums are divided by the weights of their slices, beside the others")
  func weightedSums() throws {
    let statistics = try statistics(Self.experts + Self.weighted)
    let model = try directory.model(["w.weight": [2, 3, 2]])
    let entry = try #require(try statistics.of(model.first))
    #expect(entry.weightedImportance == [4, 2, 3, 6])
    #expect(entry.importance == [1, 2, 3, 6])
    #expect(entry.rowSensitivity == [1, 2, 3, 1, 2, 3])
    #expect(try MatchedStatistics(statistics, with: model).coverage.isComplete)
  }

  @Test("A row costs what its gradients do where inputs are large, over the energy of the columns")
  func weightedRows() throws {
    // The energies of the columns are 6 and 9; the slices have 2 and 10 tokens.
    let rows = GGUFFixture.Tensor.f32(
      "w.weight.out_grad_weighted_sum2", [3, 2], [12, 6, 24, 90, 180, 450])
    let model = try directory.model(["w.weight": [2, 3, 2]])
    let entry = try #require(
      try statistics(Self.experts + Self.weighted + [rows]).of(model.first))
    #expect(entry.rowSensitivity == [1, 0.5, 2, 1, 2, 5])
    let alone = try #require(try statistics(Self.experts + [rows]).of(model.first))
    #expect(alone.rowSensitivity == [1, 2, 3, 1, 2, 3])
  }

  @Test("A file without weighted sums has no weighted importance")
  func noWeightedSums() throws {
    let model = try directory.model(["w.weight": [2, 3, 2]])
    let entry = try #require(try statistics(Self.experts).of(model.first))
    #expect(entry.weightedImportance == nil && entry.importance != nil)
  }

  @Test("Without weighted sums an expert counts as the mean of the others, a column as its slice")
  func gapsOfWeightedSums() throws {
    let model = try directory.model(["w.weight": [2, 3, 2]])
    var tensors = Self.experts + Self.weighted
    tensors[4] = .f32("w.weight.in_weights", [1, 2], [0, 10])
    #expect(try statistics(tensors).of(model.first)?.weightedImportance == [3, 6, 3, 6])
    tensors = Self.experts + Self.weighted
    tensors[3] = .f32("w.weight.in_weighted_sum2", [2, 2], [2, 0, 30, 60])
    #expect(try statistics(tensors).of(model.first)?.weightedImportance == [4, 2, 3, 6])
    tensors[3] = .f32("w.weight.in_weighted_sum2", [2, 2], [0, 0, 0, 0])
    #expect(try statistics(tensors).of(model.first)?.weightedImportance == nil)
  }

  @Test func sumsAreDividedByTheCountsOfTheirSlices() throws {
    let statistics = try statistics(Self.experts)
    let model = try directory.model(["w.weight": [2, 3, 2]])
    let entry = try #require(try statistics.of(model.first))
    #expect(entry.importance == [1, 2, 3, 6])
    #expect(entry.rowSensitivity == [1, 2, 3, 1, 2, 3])
    #expect(entry.tokens == [2, 10])
    #expect(entry.uninformedSlices == [])
    #expect(try MatchedStatistics(statistics, with: model).coverage.isComplete)
  }

  @Test func oneCountMaySpeakForAllSlices() throws {
    var tensors = Self.experts
    tensors[2] = .f32("w.weight.counts", [1, 1], [2])
    let entry = try #require(
      try statistics(tensors).of(directory.model(["w.weight": [2, 3, 2]]).first))
    #expect(entry.importance == [1, 2, 15, 30])
    #expect(entry.tokens == [2, 2])
  }

  @Test func theSumsOfAllSlicesMayBeOneRow() throws {
    let entry = try statistics([
      .f32("w.weight.in_sum2", [4], [2, 4, 30, 60]), .f32("w.weight.counts", [1], [2]),
    ]).of(directory.model(["w.weight": [2, 3, 2]]).first)
    #expect(entry?.importance == [1, 2, 15, 30])
  }

  @Test("An expert that no token reached is taken for the mean of the others")
  func anExpertWithoutTokensIsUninformed() throws {
    var tensors = Self.experts
    tensors[2] = .f32("w.weight.counts", [1, 2], [0, 10])
    let statistics = try statistics(tensors)
    let model = try directory.model(["w.weight": [2, 3, 2]])
    let entry = try #require(try statistics.of(model.first))
    #expect(entry.importance == [3, 6, 3, 6])
    #expect(entry.rowSensitivity == [1, 2, 3, 1, 2, 3])
    #expect(entry.tokens == [10, 10])
    #expect(entry.uninformedSlices == [0])
    let coverage = try MatchedStatistics(statistics, with: model).coverage
    #expect(coverage.partialTensors.map(\.name) == ["w.weight"])
    #expect(coverage.partialTensors.map(\.slices) == [[0]])
  }

  @Test("An expert whose sums are all zero is taken for the mean of the others")
  func anExpertWithoutActivationsIsUninformed() throws {
    var tensors = Self.experts
    tensors[0] = .f32("w.weight.in_sum2", [2, 2], [2, 4, 0, 0])
    let entry = try #require(
      try statistics(tensors).of(directory.model(["w.weight": [2, 3, 2]]).first))
    #expect(entry.importance == [1, 2, 1, 2])
    #expect(entry.uninformedSlices == [1])
    tensors = Self.experts
    tensors[1] = .f32("w.weight.out_grad_sum2", [3, 2], [0, 0, 0, 10, 20, 30])
    let rows = try #require(
      try statistics(tensors).of(directory.model(["w.weight": [2, 3, 2]]).first))
    #expect(rows.rowSensitivity == [1, 2, 3, 1, 2, 3])
    #expect(rows.uninformedSlices == [0])
  }

  @Test("Several experts without anything get the mean of those that have, place by place")
  func meanOfTheKnownExperts() throws {
    let statistics = try statistics([
      .f32("w.weight.in_sum2", [2, 4], [0, 0, 2, 4, 6, 20, 0, 0]),
      .f32("w.weight.counts", [1, 4], [0, 1, 2, 0]),
    ])
    let entry = try #require(try statistics.of(directory.model(["w.weight": [2, 3, 4]]).first))
    #expect(entry.importance == [2.5, 7, 2, 4, 3, 10, 2.5, 7])
    #expect(entry.tokens == [1.5, 1, 2, 1.5])
    #expect(entry.uninformedSlices == [0, 3])
  }

  @Test("A column or row without anything counts as the mean of its slice")
  func columnsWithoutImportance() throws {
    let statistics = try statistics([
      .f32("w.weight.in_sum2", [8], [4, 0, 8, 0, 12, 0, 0, 0]),
      .f32("w.weight.out_grad_sum2", [3], [6, 0, 0]), .f32("w.weight.counts", [1], [1]),
    ])
    let model = try directory.model(["w.weight": [8, 3]])
    let entry = try #require(try statistics.of(model.first))
    #expect(entry.importance == [4, 3, 8, 3, 12, 3, 3, 3])
    #expect(entry.rowSensitivity == [6, 2, 2])
    #expect(entry.uninformedColumns == 5)
    #expect(try MatchedStatistics(statistics, with: model).coverage.sparseTensors == ["w.weight"])
  }

  @Test("However small a share of importance is importance")
  func smallImportanceIsKept() throws {
    let values: [Float] = [1, 1e-5, 1, 1e-30]
    let statistics = try statistics([
      .f32("w.weight.in_sum2", [4], values), .f32("w.weight.counts", [1], [1]),
    ])
    let model = try directory.model(["w.weight": [4, 3]])
    #expect(try statistics.of(model.first)?.importance == values)
    #expect(try MatchedStatistics(statistics, with: model).coverage.isComplete)
  }

  @Test func zerosThroughoutAreTakenAsAbsent() throws {
    let statistics = try statistics([
      .f32("w.weight.in_sum2", [2], [0, 0]), .f32("w.weight.out_grad_sum2", [3], [0, 0, 0]),
      .f32("w.weight.counts", [1], [5]),
    ])
    let model = try directory.model(["w.weight": [2, 3]])
    let entry = try #require(try statistics.of(model.first))
    #expect(entry.importance == nil)
    #expect(entry.rowSensitivity == nil)
    #expect(entry.uninformedSlices == [])
    let coverage = try MatchedStatistics(statistics, with: model).coverage
    #expect(coverage.emptyTensors == ["w.weight"])
    #expect(coverage.unmeasuredTensors == ["w.weight"])
  }

  @Test func noTokensAtAllAreTakenAsAbsent() throws {
    var tensors = Self.experts
    tensors[2] = .f32("w.weight.counts", [1, 2], [0, 0])
    let statistics = try statistics(tensors)
    let model = try directory.model(["w.weight": [2, 3, 2]])
    #expect(try statistics.of(model.first)?.importance == nil)
    #expect(try statistics.of(model.first)?.rowSensitivity == nil)
    #expect(try MatchedStatistics(statistics, with: model).coverage.emptyTensors == ["w.weight"])
  }

  @Test func anEmbeddingTableHasLookups() throws {
    let entry = try #require(
      try statistics([
        .f32("token_embd.weight.lookup_counts", [3], [1, 0, 3]),
        .f32("token_embd.weight.lookup_grad_sum2", [2], [8, 12]),
        .f32("token_embd.weight.counts", [1], [4]),
      ]).of(directory.model(["token_embd.weight": [2, 3]]).first))
    #expect(entry.lookupShare == [0.25, 0, 0.75])
    #expect(entry.lookupSensitivity == [2, 3])
    #expect(entry.importance == nil)
    #expect(entry.tokens == [4])
  }

  @Test("A table of embeddings whose output has no sensitivity is not known")
  func lookupsWithoutSensitivity() throws {
    let statistics = try statistics([
      .f32("token_embd.weight.lookup_counts", [3], [1, 0, 3]),
      .f32("token_embd.weight.lookup_grad_sum2", [2], [0, 0]),
    ])
    let model = try directory.model(["token_embd.weight": [2, 3]])
    #expect(try statistics.of(model.first)?.lookupSensitivity == nil)
    #expect(
      try !MatchedStatistics(statistics, with: model).knowledge(of: model.first).lookup)
  }

  @Test func theKeysTellTheText() throws {
    let statistics = try statistics(
      Self.experts,
      keys: [
        .strings("imatrix.datasets", ["a.txt", "b.txt"]), .uint32("imatrix.chunk_count", 10),
        .uint32("imatrix.chunk_size", 512),
      ])
    #expect(statistics.datasets == ["a.txt", "b.txt"])
    #expect((statistics.chunkCount, statistics.chunkSize) == (10, 512))
    // No weight sees every token, so the chunks have to tell.
    #expect(statistics.totalTokens == 5120)
  }

  @Test func theLargestDenseCountIsTheNumberOfTokens() throws {
    let statistics = try statistics(
      Self.experts + [
        .f32("a.weight.in_sum2", [1], [1]), .f32("a.weight.counts", [1], [7]),
        .f32("b.weight.in_sum2", [1], [1]), .f32("b.weight.counts", [1], [6]),
      ])
    #expect(statistics.totalTokens == 7)
  }

  @Test func filesOfTheFirstMonthsAreRead() throws {
    let statistics = try statistics(
      [.f32("w.weight.sums", [2], [2, 4]), .f32("w.weight.counts", [1], [2])],
      keys: [.string("imatrix.dataset", "a.txt")])
    #expect(statistics.datasets == ["a.txt"])
    #expect(try statistics.of(directory.model(["w.weight": [2, 3]]).first)?.importance == [1, 2])
  }

  @Test func unknownEndingsAreIgnored() throws {
    let statistics = try statistics(Self.experts + [.f32("w.weight.in_sum", [1], [-1])])
    #expect(statistics.names == ["w.weight"])
  }

  // One malformed file for each way in which these can be wrong.

  @Test func noEntries() {
    #expect(problem([.f32("w.weight", [2], [1, 2])]) == .noEntries)
  }

  @Test func type() {
    let half = GGUFFixture.Tensor("w.weight.in_sum2", [1], type: 1, data: [0, 0])
    #expect(problem([half]) == .type(entry: "w.weight.in_sum2", .F16))
  }

  @Test("Sums without what divides them are refused") func divisorMissing() {
    func missing(_ sums: String, _ divisor: String = "tokens") -> StatisticsError.Problem {
      .divisorMissing(entry: "w.weight", sums, divisor)
    }
    #expect(problem(Array(Self.experts[..<1])) == missing("importance"))
    #expect(problem(Array(Self.experts[1..<2])) == missing("row sensitivity"))
    #expect(
      problem([.f32("w.weight.lookup_grad_sum2", [1], [1])])
        == missing("lookup sensitivity", "lookup share"))
    // Counts of tokens do not stand in for weights.
    #expect(
      problem(Self.experts + Self.weighted[..<1])
        == missing("weighted importance", "weights of tokens"))
  }

  @Test("What divides sums is there for each of their slices") func divisorMismatch() {
    var tensors = Self.experts
    tensors[2] = .f32("w.weight.counts", [1, 3], [1, 2, 3])
    #expect(
      problem(tensors) == .divisorMismatch(entry: "w.weight", "tokens", found: 3, expected: 2))
    for weights in [[1], [1, 2, 3]] as [[Float]] {
      let shape = [1, Int64(weights.count)]
      let divisor = GGUFFixture.Tensor.f32("w.weight.in_weights", shape, weights)
      #expect(
        problem(Self.experts + Self.weighted[..<1] + [divisor])
          == .divisorMismatch(
            entry: "w.weight", "weights of tokens", found: weights.count, expected: 2))
    }
  }

  @Test func duplicateEntry() {
    #expect(
      problem(Self.experts + [.f32("w.weight.sums", [1], [1])])
        == .duplicateEntry("w.weight.sums"))
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func notFinite(_ value: Float) {
    let sound = Self.experts + Self.weighted
    for index in sound.indices {
      var tensors = sound
      tensors[index].data.replaceSubrange(4..<8, with: [])
      tensors[index].data.put([value])
      let name = String(decoding: tensors[index].name, as: UTF8.self)
      let place = tensors[index].data.count / 4 - 1
      #expect(problem(tensors) == .notFinite(entry: name, index: place))
    }
  }

  @Test func negative() {
    var tensors = Self.experts
    tensors[2] = .f32("w.weight.counts", [1, 2], [-1, 2])
    #expect(problem(tensors) == .negative(entry: "w.weight.counts", index: 0))
    for (index, name) in ["in_weighted_sum2", "in_weights"].enumerated() {
      var weighted = Self.weighted
      weighted[index].data.replaceSubrange(0..<4, with: withUnsafeBytes(of: Float(-1), Array.init))
      #expect(
        problem(Self.experts + weighted) == .negative(entry: "w.weight.\(name)", index: 0))
    }
  }

  @Test func aMeanThatOverflowsIsNotFinite() {
    #expect(
      problem([.f32("w.weight.in_sum2", [1], [3e38]), .f32("w.weight.counts", [1], [0.1])])
        == .notFinite(entry: "w.weight", index: 0))
    #expect(
      problem([
        .f32("w.weight.in_weighted_sum2", [1], [3e38]), .f32("w.weight.in_weights", [1], [0.1]),
      ]) == .notFinite(entry: "w.weight", index: 0))
  }
}
