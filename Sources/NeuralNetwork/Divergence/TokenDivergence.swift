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
  package let baseSurprise: Double
  /// −ln q of the token that follows, by the quantized model.
  package let surprise: Double
  /// The Kullback–Leibler divergence Σ p ln(p / q) in nats; 0 for equal logits.
  package let kld: Double
  /// The token that the base holds for the likeliest, of equally likely ones the first.
  package let baseTop: Int
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
    (self.baseTop, self.top) = (baseTop, top)
  }

  /// How much more probable the quantized model holds the token that follows: q − p.
  package var probabilityChange: Double { exp(-surprise) - exp(-baseSurprise) }

  /// Whether all logits were finite numbers.
  var isFinite: Bool { kld.isFinite }
}
