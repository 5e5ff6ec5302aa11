import GGUF
import Measurement
import Statistics
import Testing
import TestSupport

@Suite struct LossMetricTests {
  /// Statistics of everything, for a tensor.
  static func statistics(_ tensor: TensorDescriptor, seed: UInt64) -> TensorStatistics {
    var random = SeededGenerator(seed: seed)
    let lookups = random.positives(tensor.rows)
    let total = lookups.reduce(0, +)
    return TensorStatistics(
      importance: random.positives(tensor.columns * tensor.slices),
      rowSensitivity: random.positives(tensor.rows),
      lookupShare: lookups.map { $0 / total },
      lookupSensitivity: random.positives(tensor.columns))
  }

  /// The loss of every row, added up.
  static func loss(_ fixture: TensorFixture, _ weights: LossMetric) -> Double {
    fixture.measured(fixture.all, weights).loss
  }

  let fixture: TensorFixture
  let known: TensorStatistics

  init() throws {
    fixture = try TensorFixture([96, 40], seed: 1)
    known = Self.statistics(fixture.descriptor, seed: 2)
  }

  func weights(
    _ statistics: TensorStatistics?, _ use: TensorUse, _ unit: LossUnit, tokens: Double = 100
  ) -> LossMetric {
    LossMetric(of: fixture.descriptor, statistics, use: use, totalTokens: tokens, unit: unit)
  }

  @Test func aMatrixLosesHalfOfSensitivityTimesImportance() throws {
    let weights = weights(known, .matrix, .nats)
    let g = try #require(known.rowSensitivity).map { Double($0) / 2 }
    let h = try #require(known.importance)
    #expect(isClose(Self.loss(fixture, weights), fixture.loss(rows: g, columns: h)))
    #expect(weights.source == .sensitivity)
    #expect(weights.importance == h)
  }

  @Test("Weighted importance, where it is known, takes the place of importance in nats alone")
  func weightedImportance() throws {
    var random = SeededGenerator(seed: 9)
    let weighted = random.positives(fixture.columns)
    let both = TensorStatistics(
      importance: known.importance, weightedImportance: weighted,
      rowSensitivity: known.rowSensitivity, lookupShare: known.lookupShare,
      lookupSensitivity: known.lookupSensitivity)
    let g = try #require(known.rowSensitivity).map { Double($0) / 2 }
    let metric = weights(both, .matrix, .nats)
    #expect(isClose(Self.loss(fixture, metric), fixture.loss(rows: g, columns: weighted)))
    #expect(metric.importance == weighted)
    let error = weights(both, .matrix, .weightedSquaredError)
    #expect(error.importance == known.importance)
    #expect(error.terms[0].columns == known.importance)
    let tied = weights(both, .lookupAndOutput, .nats)
    #expect(tied.terms[0].columns == weighted)
    #expect(tied.terms[1].columns == known.lookupSensitivity)
  }

  @Test func aLookupTableLosesHalfOfShareTimesSensitivity() throws {
    let weights = weights(known, .lookup, .nats)
    let p = try #require(known.lookupShare).map { Double($0) / 2 }
    let g = try #require(known.lookupSensitivity)
    #expect(isClose(Self.loss(fixture, weights), fixture.loss(rows: p, columns: g)))
    #expect(weights.importance == g)
  }

  @Test func aTiedTableLosesTheSumOfItsTwoUses() {
    let both = weights(known, .lookupAndOutput, .nats)
    let sum =
      Self.loss(fixture, weights(known, .matrix, .nats))
      + Self.loss(fixture, weights(known, .lookup, .nats))
    #expect(isClose(Self.loss(fixture, both), sum))
  }

  @Test func theEncoderOfATiedTableWeighsEachUseByItsMeanRow() throws {
    let both = weights(known, .lookupAndOutput, .nats)
    let g = try #require(known.rowSensitivity).reduce(0) { $0 + Double($1) / 2 }
    let h = try #require(known.importance)
    let column = try #require(known.lookupSensitivity)
    let importance = try #require(both.importance)
    for index in 0..<fixture.columns {
      let expected = (g * Double(h[index]) + Double(column[index]) / 2) / Double(fixture.rows)
      #expect(isClose(Double(importance[index]), expected))
    }
  }

  @Test func withoutSensitivityTheErrorIsWeighedByImportanceAlone() throws {
    let statistics = TensorStatistics(importance: known.importance)
    let weights = weights(statistics, .matrix, .weightedSquaredError)
    let ones = [Double](repeating: 1, count: fixture.rows)
    let h = try #require(known.importance)
    #expect(isClose(Self.loss(fixture, weights), fixture.loss(rows: ones, columns: h)))
    #expect(weights.source == .importance)
  }

  @Test func withoutStatisticsAllWeightsCountAlike() {
    let weights = weights(nil, .matrix, .weightedSquaredError)
    let squares = fixture.loss(
      rows: [Double](repeating: 1, count: fixture.rows),
      columns: [Float](repeating: 1, count: fixture.columns))
    #expect(isClose(Self.loss(fixture, weights), squares))
    #expect(weights.importance == nil)
    #expect(weights.source == .none)
    let table = self.weights(nil, .lookup, .weightedSquaredError)
    #expect(isClose(Self.loss(fixture, table), squares / Double(fixture.rows)))
  }

  @Test("A tensor of unknown importance counts as what is typical")
  func typicalImportance() {
    let metric = LossMetric(
      of: fixture.descriptor, nil, use: .matrix, totalTokens: 0, typicalImportance: 0.25,
      unit: .weightedSquaredError)
    let plain = weights(nil, .matrix, .weightedSquaredError)
    #expect(isClose(Self.loss(fixture, metric), Self.loss(fixture, plain) / 4))
    #expect(metric.importance == nil && metric.source == .none)
  }

  @Test("Encoders have importance exactly where it is said that they have")
  func importanceIsThereWhereItIsSaid() {
    let importance = TensorStatistics(importance: known.importance)
    let lookup = TensorStatistics(
      lookupShare: known.lookupShare, lookupSensitivity: known.lookupSensitivity)
    for statistics in [nil, known, importance, lookup] {
      for use in [TensorUse.matrix, .lookup, .lookupAndOutput] {
        for unit in LossUnit.allCases {
          let knowledge = MatchedStatistics.Knowledge(statistics)
          guard unit != .nats || LossMetric.hasSensitivity(knowledge, use: use) else { continue }
          let metric = weights(statistics, use, unit)
          #expect(
            (metric.importance != nil)
              == LossMetric.hasImportance(knowledge, use: use, unit: unit))
        }
      }
    }
  }

  @Test func sensitivityIsKnownOnlyWhereItIsForEveryUse() {
    let matrix = TensorStatistics(importance: [1], rowSensitivity: [1])
    let lookup = TensorStatistics(lookupShare: [1], lookupSensitivity: [1])
    #expect(LossMetric.hasSensitivity(.init(matrix), use: .matrix))
    #expect(!LossMetric.hasSensitivity(.init(matrix), use: .lookup))
    #expect(!LossMetric.hasSensitivity(.init(matrix), use: .lookupAndOutput))
    #expect(LossMetric.hasSensitivity(.init(lookup), use: .lookup))
    #expect(!LossMetric.hasSensitivity(.init(lookup), use: .matrix))
    #expect(LossMetric.hasSensitivity(.init(known), use: .lookupAndOutput))
    #expect(!LossMetric.hasSensitivity(.init(TensorStatistics(importance: [1])), use: .matrix))
    #expect(!LossMetric.hasSensitivity(.init(nil), use: .lookup))
  }
}

@Suite struct ExpertLossMetricTests {
  let fixture: TensorFixture
  var known: TensorStatistics

  init() throws {
    fixture = try TensorFixture([64, 10, 4], seed: 3)
    known = LossMetricTests.statistics(fixture.descriptor, seed: 4)
    known = TensorStatistics(
      importance: known.importance, rowSensitivity: known.rowSensitivity,
      tokens: [500, 0, 250, 2000])
  }

  @Test func expertsAreWeighedByTheShareOfTokensRoutedToThem() throws {
    let weights = fixture.matrixWeights(known, unit: .nats, totalTokens: 1000)
    // No expert sees more than every token.
    let shares = [0.5, 0, 0.25, 1]
    let g = try #require(known.rowSensitivity).enumerated().map {
      Double($0.element) / 2 * shares[$0.offset / 10]
    }
    let h = try #require(known.importance)
    #expect(
      isClose(LossMetricTests.loss(fixture, weights), fixture.loss(rows: g, columns: h)))
  }

  @Test func withoutCountsEveryExpertSeesEveryToken() throws {
    let uncounted = TensorStatistics(importance: known.importance)
    let h = try #require(known.importance)
    let expected = fixture.loss(rows: [Double](repeating: 1, count: 40), columns: h)
    for (statistics, tokens) in [(uncounted, 1000.0), (known, 0)] {
      let weights = fixture.matrixWeights(
        statistics, unit: .weightedSquaredError, totalTokens: tokens)
      #expect(isClose(LossMetricTests.loss(fixture, weights), expected))
    }
  }

  @Test func theEncoderGetsTheImportanceOfEachSlice() {
    #expect(
      fixture.matrixWeights(known, unit: .nats, totalTokens: 9).importance == known.importance)
  }

  @Test func theEnergyOfARowIsTheLossOfLosingIt() throws {
    let weights = fixture.matrixWeights(known, unit: .nats, totalTokens: 1000)
    let zeros = [Float](repeating: 0, count: 64)
    for (row, energy) in fixture.energies(weights).enumerated() {
      let loss = fixture.row(row) { x, _ in
        zeros.withUnsafeBufferPointer { weights.loss(row: row, slice: row / 10, x, $0).loss }
      }
      #expect(isClose(energy, loss))
    }
  }
}
