import Foundation

/// Round numbers for the eye to hold on to: 1, 2 or 5 times a power of ten.
package enum Ticks {
  /// Multiples of the smallest round step that gives at most `most` of them in `range`.
  package static func linear(in range: ClosedRange<Double>, atMost most: Int) -> [Double] {
    let width = range.upperBound - range.lowerBound
    guard width > 0, most > 1 else { return [range.lowerBound] }
    var power = Int(log10(width / Double(most)).rounded(.down))
    while true {
      for factor in [1, 2, 5] {
        let step = scaled(factor, by: power)
        let first = Int((range.lowerBound / step).rounded(.up))
        let last = Int((range.upperBound / step).rounded(.down))
        if last - first < most {
          return first > last ? [] : (first...last).map { scaled($0 * factor, by: power) }
        }
      }
      power += 1
    }
  }

  /// 1, 2 and 5 of every power of ten in `range`, or 1 alone, or 1 of every few powers: the first
  /// of these that gives at most `most`. Where `range` is too narrow for two, as `linear`.
  package static func logarithmic(in range: ClosedRange<Double>, atMost most: Int) -> [Double] {
    let powers =
      Int(log10(range.lowerBound).rounded(.down))...Int(log10(range.upperBound).rounded(.up))
    let inRange = { (factors: [Int], stride: Int) in
      powers.filter { $0 % stride == 0 }.flatMap { power in factors.map { scaled($0, by: power) } }
        .filter(range.contains)
    }
    let fine = inRange([1, 2, 5], 1)
    if fine.count < 2 { return linear(in: range, atMost: most) }
    if fine.count <= most { return fine }
    let stride = (1...).first { inRange([1], $0).count <= most } ?? 1
    return inRange([1], stride)
  }

  /// `factor` × 10^`power`, the nearest number to the decimal.
  private static func scaled(_ factor: Int, by power: Int) -> Double {
    power < 0 ? Double(factor) / pow(10, Double(-power)) : Double(factor) * pow(10, Double(power))
  }
}
