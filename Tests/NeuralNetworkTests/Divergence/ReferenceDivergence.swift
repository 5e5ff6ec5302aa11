import Foundation
import NeuralNetwork

/// The figures of one token, computed as their definitions read, in double precision.
struct ReferenceDivergence {
  let baseSurprise: Double
  let surprise: Double
  let kld: Double
  let hasSameTop: Bool
  let probabilityChange: Double

  init(base: [Float], quantized: [Float], next: Int) {
    let (p, q) = (Self.softmax(base), Self.softmax(quantized))
    baseSurprise = -log(p[next])
    surprise = -log(q[next])
    kld = zip(p, q).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) }
    hasSameTop = p.firstIndex(of: p.max()!) == q.firstIndex(of: q.max()!)
    probabilityChange = q[next] - p[next]
  }

  private static func softmax(_ logits: [Float]) -> [Double] {
    let powers = logits.map { exp(Double($0)) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}

extension TokenDivergence {
  init(base: [Float], quantized: [Float], next: Int) {
    var (base, quantized) = (base, quantized)
    self = base.withUnsafeMutableBufferPointer { base in
      quantized.withUnsafeMutableBufferPointer {
        TokenDivergence(base: base, quantized: $0, next: next)
      }
    }
  }

  /// Whether the figures are those of a reference, but for rounding.
  func matches(_ reference: ReferenceDivergence) -> Bool {
    abs(kld - reference.kld) < 1e-12 && abs(baseSurprise - reference.baseSurprise) < 1e-12
      && abs(surprise - reference.surprise) < 1e-12 && hasSameTop == reference.hasSameTop
      && abs(probabilityChange - reference.probabilityChange) < 1e-12
  }
}
