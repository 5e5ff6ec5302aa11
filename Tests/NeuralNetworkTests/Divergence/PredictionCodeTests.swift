import NeuralNetwork
import Testing
import TestSupport

@Suite("Probabilities in sixteen bits") struct PredictionCodeTests {
  /// Logits whose largest stands out by a random amount, and those of a model that is near.
  private static func logits(
    spread: Float, distance: Float, _ random: inout SeededGenerator
  ) -> (base: [Float], other: [Float]) {
    var base = (0..<3000).map { _ in spread * Float.random(in: -1...1, using: &random) }
    base[Int.random(in: 0..<3000, using: &random)] += Float.random(in: 0...12, using: &random)
    return (base, base.map { $0 + distance * Float.random(in: -1...1, using: &random) })
  }

  private static func rounded(_ logits: [Float]) -> [Float] {
    var logits = logits
    let top = logits.indices.max { logits[$0] < logits[$1] }!
    var codes = [UInt8](repeating: 0, count: 2 * logits.count)
    logits.withUnsafeMutableBufferPointer { logits in
      codes.withUnsafeMutableBytes { codes in
        PredictionCode.encode(logits, top: top, to: codes.baseAddress!)
        PredictionCode.decode(UnsafeRawPointer(codes.baseAddress!), to: logits)
      }
    }
    return logits
  }

  @Test(
    "keep a mean KLD to 1e-4 of it, or 1e-6 nats",
    arguments: [(1, 0.01), (4, 0.05), (8, 0.2), (20, 0.5), (60, 1)] as [(Float, Float)])
  func accuracy(spread: Float, distance: Float) {
    var random = SeededGenerator(seed: 5)
    var (sum, exact) = (0.0, 0.0)
    for _ in 0..<100 {
      let (base, other) = Self.logits(spread: spread, distance: distance, &random)
      sum += TokenDivergence(base: Self.rounded(base), quantized: other, next: 0).kld / 100
      exact += TokenDivergence(base: base, quantized: other, next: 0).kld / 100
    }
    #expect(abs(sum - exact) < max(1e-4 * exact, 1e-6), "\(sum) for \(exact)")
  }

  @Test("lose next to nothing of a distribution", arguments: [1, 8, 60] as [Float])
  func itself(spread: Float) {
    var random = SeededGenerator(seed: 6)
    for _ in 0..<20 {
      let (base, _) = Self.logits(spread: spread, distance: 0, &random)
      #expect(TokenDivergence(base: Self.rounded(base), quantized: base, next: 0).kld < 2e-8)
    }
  }

  @Test("are whole numbers from 0 to 65,535 for any logits, the likeliest at 0 nats")
  func extremes() {
    let found = Self.rounded([-3e38, 3e38, 0, 3e38])
    #expect(found[1] == 0 && found[3] == 0)
    #expect(found[0] == found[2] && found[0] < -37 && found[0].isFinite)
  }
}
