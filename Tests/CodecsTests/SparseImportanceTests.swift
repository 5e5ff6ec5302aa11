import Codecs
import GGUF
import Testing
import TestSupport

/// Importance that says something of few columns, and next to nothing of the others.
@Suite struct SparseImportanceTests {
  static let columns = 512
  static let quantized = Codec.all.filter { $0.type.isQuantized }

  /// Importances under which most columns, or whole blocks of them, count for next to nothing.
  static let importances: [(name: String, values: [Float])] = {
    var random = SeededGenerator(seed: 31)
    let h = (0..<columns).map { _ in 1 / Float.random(in: 0.05...1, using: &random) }
    func make(_ value: (Int) -> Float) -> [Float] { (0..<columns).map(value) }
    func rare(_ share: Float, otherwise low: Float) -> [Float] {
      make { Float.random(in: 0..<1, using: &random) < share ? h[$0] : low * h[$0] }
    }
    return [
      ("one column", make { $0 == 77 ? 1 : 0 }),
      ("one column of a super-block", make { $0 % 256 == 40 + $0 / 256 ? h[$0] : 0 }),
      ("one column of a block", make { $0 % 32 == 7 ? h[$0] : 0 }),
      ("one block", make { $0 / 32 == 5 ? h[$0] : 0 }),
      ("one super-block", make { $0 / 256 == 1 ? h[$0] : 0 }),
      ("half of the columns", rare(0.5, otherwise: 0)),
      ("a tenth of the columns", rare(0.1, otherwise: 0)),
      ("a hundredth of the columns", rare(0.01, otherwise: 0)),
      ("ratios of 1e3", rare(0.1, otherwise: 1e-3)),
      ("ratios of 1e6", rare(0.03, otherwise: 1e-6)),
      ("ratios of 1e12", rare(0.5, otherwise: 1e-12)),
      ("ratios of 1e38", rare(0.1, otherwise: 1e-38)),
      ("the largest and the smallest", make { $0 % 50 == 0 ? .greatestFiniteMagnitude : 1e-44 }),
      ("subnormal numbers", make { $0 % 50 == 0 ? 0x1p-130 : 0 }),
      ("exponential decay", make { Float(sign: .plus, exponent: -$0 / 4, significand: 1) }),
    ]
  }()

  /// Two rows of each shape.
  static let weights: [(name: String, values: [Float])] = {
    var random = SeededGenerator(seed: 32)
    func gaussian() -> Float {
      (0..<12).reduce(-6) { sum, _ in sum + Float.random(in: 0..<1, using: &random) }
    }
    func make(_ value: (Int) -> Float) -> [Float] { (0..<2 * columns).map(value) }
    return [
      ("Gaussian", make { _ in 0.05 * gaussian() }),
      ("heavy-tailed", CodecLawTests.sample(33, columns: 2 * columns).x),
      ("one-sided", make { _ in 0.01 + abs(0.02 * gaussian()) }),
      ("one spike", make { $0 % columns == 300 ? 2.5 : 0.01 * gaussian() }),
      ("a squared rectifier's", make { _ in 0.02 * max(gaussian() - 0.5, 0) * max(gaussian(), 0) }),
    ]
  }()

  static func error(_ x: [Float], _ y: [Float]) -> Double {
    relativeError(x, y, importance: nil, columns: columns)
  }

  @Test(
    "Columns without importance make no error more than twice that of encoding without",
    arguments: quantized)
  func theErrorIsAtMostTwiceThatWithoutImportance(codec: Codec) {
    for (name, x) in Self.weights {
      for weighting in name == "one spike" ? Weighting.allCases : [.importance] {
        func became(_ importance: [Float]?) -> [Float] {
          codec.decode(
            codec.encode(
              x, columns: Self.columns, importance: importance, weighting: weighting),
            columns: Self.columns)
        }
        let without = Self.error(x, became(nil))
        for (pattern, importance) in Self.importances {
          let growth = (Self.error(x, became(importance)) / without).squareRoot()
          #expect(growth <= 2, "\(name) weights, \(pattern), \(weighting): \(growth)")
        }
      }
    }
  }

  @Test(
    "Weights of columns without importance stay within twice the range of those around",
    arguments: quantized)
  func weightsStayInTheRangeOfTheirSuperblock(codec: Codec) {
    for (name, x) in Self.weights {
      for (pattern, importance) in Self.importances {
        let y = codec.decode(
          codec.encode(x, columns: Self.columns, importance: importance), columns: Self.columns)
        for start in stride(from: 0, to: x.count, by: 256) {
          func reach(_ row: [Float]) -> Float {
            row[start..<start + 256].reduce(0) { max($0, abs($1)) }
          }
          #expect(reach(y) <= 2 * reach(x), "\(name) weights, \(pattern): \(reach(y) / reach(x))")
        }
      }
    }
  }

  @Test(
    "Importance that is the same everywhere is none, however small or large", arguments: quantized)
  func equalImportanceIsNone(codec: Codec) {
    let x = Self.weights[1].values
    let without = codec.encode(x, columns: Self.columns)
    for h: Float in [1e-44, 1e-30, 1e30, .greatestFiniteMagnitude] {
      let importance = [Float](repeating: h, count: Self.columns)
      // Normalising leaves a factor from 1 to 2, which rounding may notice.
      let became = codec.decode(
        codec.encode(x, columns: Self.columns, importance: importance), columns: Self.columns)
      let plain = codec.decode(without, columns: Self.columns)
      #expect(Self.error(x, became) <= Self.error(x, plain) * 1.01, "\(h)")
    }
  }

  @Test(
    "A row that was encoded as if without importance is rounded on as such", arguments: quantized)
  func unitsOfABoundedRowAreRoundedAtItsScales(codec: Codec) {
    let x = Array(Self.weights[3].values.prefix(Self.columns))
    for (_, importance) in Self.importances {
      var trial = RowEncoderTests.Trial(codec, x, importance: importance)
      var expected = trial.decoded
      for unit in 0..<trial.units where unit % 3 == 0 {
        let range = trial.range(unit)
        expected.replaceSubrange(
          range, with: trial.round(unit, to: x[range].map { $0 * 1.01 }))
      }
      #expect(trial.decoded == expected)
    }
  }
}
