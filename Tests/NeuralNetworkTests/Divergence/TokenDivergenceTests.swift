import NeuralNetwork
import Testing
import TestSupport

@Suite("Divergence at a token") struct TokenDivergenceTests {
  private static func logits(_ random: inout SeededGenerator) -> [Float] {
    (0..<50).map { _ in Float.random(in: -4...4, using: &random) }
  }

  @Test("the figures are those of their definitions, and no KLD is negative")
  func definitions() {
    var random = SeededGenerator(seed: 1)
    for spread: Float in [1e-3, 0.1, 3] {
      for _ in 0..<20 {
        let base = Self.logits(&random)
        let quantized = base.map { $0 + spread * Float.random(in: -1...1, using: &random) }
        let next = Int.random(in: 0..<50, using: &random)
        let found = TokenDivergence(base: base, quantized: quantized, next: next)
        #expect(found.matches(ReferenceDivergence(base: base, quantized: quantized, next: next)))
        #expect(found.kld > 0)
      }
    }
  }

  @Test("equal logits do not diverge at all")
  func equal() {
    var random = SeededGenerator(seed: 2)
    let logits = Self.logits(&random)
    let found = TokenDivergence(base: logits, quantized: logits, next: 7)
    #expect(found.kld == 0 && found.hasSameTop && found.probabilityChange == 0)
  }

  @Test("logits too large to take their exponentials are no harder than others")
  func large() {
    let found = TokenDivergence(base: [3000, 2999, -3000], quantized: [3000, 3000, 0], next: 1)
    let reference = ReferenceDivergence(base: [0, -1, -700], quantized: [0, 0, -700], next: 1)
    #expect(found.matches(reference))
  }

  @Test("of equally likely tokens the first counts")
  func ties() {
    #expect(TokenDivergence(base: [1, 2, 2], quantized: [0, 3, 1], next: 0).hasSameTop)
    #expect(!TokenDivergence(base: [1, 2, 2], quantized: [0, 1, 3], next: 0).hasSameTop)
  }
}
