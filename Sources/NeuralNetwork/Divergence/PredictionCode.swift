#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Sixteen bits for each probability of a distribution: the cube root of its ratio to the largest one, in steps of
/// 1 ÷ 65,535.
///
/// Among all steps that depend on the probability p, those in proportion to p^(−1/3) make Σ p δ² the least, with δ the
/// error of ln p: they are what equal steps of the cube root come to. Errors are independent, so a KLD of K nats is
/// wrong by about 1.3 × 10⁻⁵ √(2 K) at a token, with either sign, and by ½ Σ p δ² with one: 10⁻⁷ for a vocabulary of
/// 150,000 tokens whose probabilities fall as 1 ÷ rank.
package enum PredictionCode {
  /// The largest code, which is that of the largest probability.
  private static let largest: Float = 65_535

  /// What each code stands for: ln of the ratio. The code 0 is given a ratio that adds up to nothing.
  private static let logits: [Float] = (0...65_535).map {
    3 * log((max(Float($0), 0.25)) / largest)
  }

  /// Sets codes to those of some logits.
  ///
  /// - Parameters:
  ///   - logits: of every token.
  ///   - top: the token with the largest.
  ///   - codes: room for two bytes for each token.
  package static func encode(
    _ logits: UnsafeMutableBufferPointer<Float>, top: Int, to codes: UnsafeMutableRawPointer
  ) {
    let most = logits[top]
    for token in 0..<logits.count {
      let code = UInt16(largest * expf((logits[token] - most) / 3) + 0.5)
      codes.storeBytes(of: code.littleEndian, toByteOffset: 2 * token, as: UInt16.self)
    }
  }

  /// Sets logits to those that codes stand for, the largest being 0.
  package static func decode(
    _ codes: UnsafeRawPointer, to logits: UnsafeMutableBufferPointer<Float>
  ) {
    self.logits.withUnsafeBufferPointer { table in
      for token in 0..<logits.count {
        let code = codes.loadUnaligned(fromByteOffset: 2 * token, as: UInt16.self).littleEndian
        logits[token] = table[Int(code)]
      }
    }
  }
}
