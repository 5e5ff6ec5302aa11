import NeuralNetwork
import Testing

@Suite("Rounds of an evaluation") struct EvaluationRoundsTests {
  @Test(
    "have every sequence once, and features within their bounds, whatever model and context",
    arguments: [4, 100, 512, 2048, 4096, 32_768, 1 << 20], [2 * 64, 2 * 896, 2 * 8192, 2 * 60_000])
  func bounds(context: Int, features: Int) {
    let found = EvaluationRounds(
      sequences: 1000, longest: context, featuresPerToken: features)
    #expect(found.rounds.flatMap(Array.init) == Array(0..<1000))
    let largest = found.rounds.map(\.count).max()!
    #expect(
      4 * features * context * largest <= EvaluationRounds.featureBytes
        || largest == found.sequencesPerBatch)
    #expect(
      context * found.sequencesPerBatch <= EvaluationRounds.tokensPerBatch
        || found.sequencesPerBatch == 1)
  }

  @Test("and batches have all sequences in order") func batches() {
    let found = EvaluationRounds(sequences: 11, longest: 512, featuresPerToken: 8)
    #expect(found.sequencesPerBatch == 4)
    let batches = found.batches((0..<11).map { [$0] })
    #expect(batches.map(\.count) == [4, 4, 3] && batches.flatMap { $0 } == (0..<11).map { [$0] })
  }
}
