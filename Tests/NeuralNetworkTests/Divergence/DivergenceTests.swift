import Foundation
import NeuralNetwork
import Testing
import TestSupport

@Suite("Divergence over a text") struct DivergenceTests {
  /// Tokens that diverge more and more.
  private static let tokens: [TokenDivergence] = {
    var random = SeededGenerator(seed: 3)
    return (0..<101).map { number in
      let base = (0..<9).map { _ in Float.random(in: -2...2, using: &random) }
      let spread = Float(number) / 50
      let quantized = base.map { $0 + spread * Float.random(in: -1...1, using: &random) }
      return TokenDivergence(base: base, quantized: quantized, next: number % 9)
    }
  }()

  /// Mean and standard error by the formula of text books.
  private static func mean(_ values: [Double]) -> (Double, Double) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + pow($1 - mean, 2) } / (count - 1)
    return (mean, sqrt(variance / count))
  }

  private static func near(_ estimate: Estimate, _ value: Double, _ error: Double) -> Bool {
    abs(estimate.value - value) < 1e-12 * abs(value)
      // The error divides by n (n − 1) or by (n − 1)²: the same to within 1 ÷ n.
      && abs(estimate.error - error) < 0.01 * abs(error)
  }

  @Test("means and their errors are those of the tokens")
  func means() {
    let found = Divergence(Self.tokens)
    #expect(found.tokens == 101)
    let (kld, kldError) = Self.mean(Self.tokens.map(\.kld))
    #expect(Self.near(found.mean, kld, kldError))
    let (base, baseError) = Self.mean(Self.tokens.map(\.baseSurprise))
    #expect(Self.near(found.basePerplexity, exp(base), exp(base) * baseError))
    let (surprise, error) = Self.mean(Self.tokens.map(\.surprise))
    #expect(Self.near(found.perplexity, exp(surprise), exp(surprise) * error))
    let (ratio, ratioError) = Self.mean(Self.tokens.map { $0.surprise - $0.baseSurprise })
    #expect(Self.near(found.logPerplexityRatio, ratio, ratioError))
    let (square, squareError) = Self.mean(Self.tokens.map { pow($0.probabilityChange, 2) })
    #expect(Self.near(found.probabilityChange, sqrt(square), squareError / (2 * sqrt(square))))
    let share = Double(Self.tokens.filter(\.hasSameTop).count) / 101
    #expect(Self.near(found.sameTop, share, sqrt(share * (1 - share) / 100)))
  }

  @Test("half of the tokens stay below the median, and 99 of 101 below 99 %")
  func quantiles() {
    let klds = Self.tokens.map(\.kld).sorted()
    let found = Divergence(Self.tokens)
    #expect(found.median == klds[50] && found.percentile99 == klds[99])
    #expect(found.maximum == klds[100])
    let even = Divergence(Array(Self.tokens.prefix(2)))
    #expect(even.median == (Self.tokens[0].kld + Self.tokens[1].kld) / 2)
  }

  @Test("one token has figures, and no error that could be told")
  func single() {
    let found = Divergence([Self.tokens[100]])
    #expect(found.mean == Estimate(Self.tokens[100].kld, error: 0))
    #expect(found.median == found.maximum && found.percentile99 == found.maximum)
  }

  @Test("every token is in one band of confidence, whose figures are its tokens'")
  func bands() throws {
    let sure = TokenDivergence(base: [9, 0], quantized: [8, 0], next: 0)
    let half = TokenDivergence(base: [1, 0], quantized: [0, 1], next: 0)
    let unsure = TokenDivergence(base: [0.1, 0, 0.05], quantized: [0, 0.1, 0], next: 0)
    #expect(abs(half.baseConfidence - exp(1) / (1 + exp(1))) < 1e-12)
    let found = Divergence([sure, half, sure, unsure]).bands
    #expect(found.map(\.tokens) == [1, 1, 2])
    #expect(found.map(\.from) == [0, 0.5, 0.9] && found.map(\.to) == [0.5, 0.9, 1])
    #expect(found.map { $0.sameTop?.value } == [0, 0, 1])
    #expect(found.map { $0.mean?.value } == [unsure.kld, half.kld, sure.kld])
    let certain = TokenDivergence(base: [900, 0], quantized: [8, 0], next: 0)
    #expect(certain.baseConfidence == 1)
    let one = Divergence([certain]).bands
    #expect(one.map(\.tokens) == [0, 0, 1] && one[0].mean == nil && one[0].sameTop == nil)
    #expect(Divergence(Self.tokens).bands.reduce(0) { $0 + $1.tokens } == 101)
  }
}
