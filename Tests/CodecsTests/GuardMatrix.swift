import Codecs
import TestSupport

/// Rows of every shape that a fit treats in its own way, and importances over a wide range: what the
/// guard of encoded bytes encodes.
///
/// Made of integers, multiplications, sums and square roots alone, so the same on every machine.
struct GuardMatrix {
  static let columns = 1024

  /// The rows, one after another.
  let weights: [Float]
  /// One for each column.
  let importance: [Float]

  init(seed: UInt64) {
    var random = GuardNumbers(seed: seed)
    var rows: [[Float]] = []
    func add(_ value: (Int) -> Float) { rows.append((0..<Self.columns).map(value)) }
    // Heavy tails of two weights: Student's t of 3 and of 6 degrees.
    add { _ in 0.02 * random.student(3) }
    add { _ in 0.02 * random.student(6) }
    add { _ in 0.05 * random.gaussian() }
    // Blocks of very different size.
    add { 0.05 * random.gaussian() * Float(sign: .plus, exponent: -($0 / 32 % 7), significand: 1) }
    // Sparse, with whole blocks of zeros.
    add { _ in random.uniform() < 0.03 ? random.gaussian() : 0 }
    // One-sided, either way.
    add { _ in 0.01 + abs(0.02 * random.student(4)) }
    add { _ in -abs(0.02 * random.gaussian()) }
    // Tiny, subnormal, huge.
    add { _ in 1e-6 * random.gaussian() }
    add { _ in 0x1p-136 * random.gaussian() }
    add { _ in 1e15 * random.gaussian() }
    // Constant, zero, a single spike alone and among others.
    add { _ in -0.75 }
    add { _ in 0 }
    add { $0 == 333 ? 2.5 : 0 }
    add { $0 == 700 ? -2.5 : 0.01 * random.gaussian() }
    weights = rows.flatMap(\.self)
    // Over six orders of magnitude, with zeros here and there and in a whole super-block.
    importance = (0..<Self.columns).map { column in
      let h = random.logarithmic(-10...9)
      return column % 7 == 3 || 512..<768 ~= column ? 0 : h
    }
  }
}

/// Random numbers of several distributions.
private struct GuardNumbers {
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  /// Evenly in 0 ..< 1.
  mutating func uniform() -> Float { Float(generator.next() >> 40) * 0x1p-24 }

  /// Nearly normally, with a standard deviation of 1: the sum of twelve even ones.
  mutating func gaussian() -> Float { (0..<12).reduce(-6) { sum, _ in sum + uniform() } }

  /// Student's t.
  mutating func student(_ degrees: Int) -> Float {
    let normal = gaussian()
    let squares = (0..<degrees).reduce(Float(0)) { sum, _ in
      let value = gaussian()
      return sum + value * value
    }
    return normal / (squares / Float(degrees)).squareRoot()
  }

  /// With a logarithm to the base 2 nearly even in a range.
  mutating func logarithmic(_ exponents: ClosedRange<Int>) -> Float {
    let exponent = Int.random(in: exponents, using: &generator)
    return Float(sign: .plus, exponent: exponent, significand: 1 + uniform())
  }
}
