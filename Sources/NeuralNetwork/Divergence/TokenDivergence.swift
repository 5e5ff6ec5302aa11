import Codecs
import KernelsC

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Whether draft heads agree with their models about a token.
package struct DraftedToken: Sendable, Equatable {
  /// That of the base with the base.
  package let base: Bool
  /// That of the quantized model with the quantized model.
  package let quantized: Bool

  package init(base: Bool, quantized: Bool) {
    self.base = base
    self.quantized = quantized
  }
}

/// What two models think of the next token.
package struct TokenDivergence: Sendable, Equatable {
  /// −ln p of the token that follows, by the base.
  package private(set) var baseSurprise: Double
  /// −ln q of the token that follows, by the quantized model.
  package let surprise: Double
  /// The Kullback–Leibler divergence Σ p ln(p / q) in nats; 0 for equal logits.
  package let kld: Double
  /// The probability of the token that the base holds for the likeliest.
  package let baseConfidence: Double
  /// The token that the base holds for the likeliest, of equally likely ones the first.
  package private(set) var baseTop: Int
  /// That of the quantized model.
  package let top: Int
  /// Whether either's draft head held the same token for the likeliest as the model itself, in models that have one.
  package var drafted: DraftedToken?

  /// Whether both hold the same token for the likeliest.
  package var hasSameTop: Bool { baseTop == top }

  /// Compares logits, summing in double precision.
  ///
  /// - Parameters:
  ///   - base: of every token by the base.
  ///   - quantized: of every token by the quantized model.
  ///   - next: the token that follows.
  package init(
    base: UnsafeMutableBufferPointer<Float>, quantized: UnsafeMutableBufferPointer<Float>, next: Int
  ) {
    let kernels = Kernels.active.pointee
    let count = Int32(base.count)
    let (baseTop, top) = (
      Int(kernels.top(base.baseAddress!, count)), Int(kernels.top(quantized.baseAddress!, count))
    )
    let (baseLargest, largest) = (Double(base[baseTop]), Double(quantized[top]))
    let sums = kernels.compare_logits(
      base.baseAddress!, quantized.baseAddress!, count, baseLargest, largest)
    let (baseLogSum, logSum) = (log(sums.p), log(sums.q))
    baseSurprise = baseLogSum - (Double(base[next]) - baseLargest)
    surprise = logSum - (Double(quantized[next]) - largest)
    kld = sums.difference / sums.p - baseLogSum + logSum
    baseConfidence = 1 / sums.p
    (self.baseTop, self.top) = (baseTop, top)
  }

  /// The same token, with what is known exactly of the base beside its rounded logits.
  func with(_ kept: PredictionFile.Row) -> TokenDivergence {
    var divergence = self
    (divergence.baseSurprise, divergence.baseTop) = (kept.surprise, kept.top)
    return divergence
  }

  /// −ln p of the token that follows, by one model, and the token that it holds for the likeliest.
  static func prediction(
    of logits: UnsafeMutableBufferPointer<Float>, next: Int
  ) -> (surprise: Double, top: Int) {
    let kernels = Kernels.active.pointee
    let count = Int32(logits.count)
    let top = Int(kernels.top(logits.baseAddress!, count))
    let largest = Double(logits[top])
    let sum = kernels.compare_logits(
      logits.baseAddress!, logits.baseAddress!, count, largest, largest
    ).p
    return (log(sum) - (Double(logits[next]) - largest), top)
  }

  /// How much more probable the quantized model holds the token that follows: q − p.
  package var probabilityChange: Double { exp(-surprise) - exp(-baseSurprise) }

  /// Whether all logits were finite numbers.
  var isFinite: Bool { kld.isFinite }
}
