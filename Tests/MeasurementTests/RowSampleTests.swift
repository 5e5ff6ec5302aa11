import Measurement
import Testing
import TestSupport

@Suite struct RowSampleTests {
  /// Rows of a tensor: what their energies are and what they lose.
  struct Population: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let energies: [Double]
    let losses: [Double]

    var total: Double { losses.reduce(0, +) }

    /// Losses are a share of the energies that varies by a factor of e either way.
    init(_ name: String, _ energies: [Double]) {
      testDescription = name
      self.energies = energies
      var random = SeededGenerator(seed: 17)
      losses = energies.map { 0.003 * $0 * exponential(0.5 * random.normal()) }
    }
  }

  static let populations: [Population] = {
    var random = SeededGenerator(seed: 5)
    let even = (0..<2000).map { _ in exponential(0.3 * random.normal()) }
    let skewed = (0..<2000).map { _ in exponential(2 * random.normal()) }
    // A table of embeddings: most words are rare, many never occur.
    let words = (0..<2000).map { $0 < 900 ? 1 / Double($0 + 1) : 0 }
    let giant = even.enumerated().map { $0.offset == 1234 ? 900 : $0.element }
    return [
      Population("even rows", even), Population("skewed rows", skewed),
      Population("rows by frequency of words", words), Population("one giant row", giant),
    ]
  }()

  @Test(arguments: populations) func aFullSampleIsExact(_ population: Population) {
    for count in [2000, 2001, .max] {
      let sample = RowSample(energies: population.energies, count: count, seed: 1)
      #expect(sample.rows == Array(0..<2000))
      let (sum, variance) = sample.total(of: population.losses)
      #expect(isClose(sum, population.total, within: 1e-12))
      #expect(variance == 0)
    }
  }

  @Test(arguments: populations) func estimatesAreUnbiased(_ population: Population) {
    let errors = Self.estimates(population).map { $0.sum - population.total }
    let mean = errors.reduce(0, +) / Double(errors.count)
    let spread = (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
    // The mean of 500 draws lies within 4 of its own standard errors; a sixth more for the bias of
    // a ratio, which vanishes beside the error of one draw.
    #expect(abs(mean) <= spread / 6 + 4 * spread / Double(errors.count).squareRoot())
    #expect(spread < 0.1 * population.total)
  }

  @Test(arguments: populations) func standardErrorsAreHonest(_ population: Population) {
    let squares = Self.estimates(population).map { estimate in
      let error = estimate.sum - population.total
      return error * error / estimate.variance
    }
    let spread = (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    #expect((0.8...1.3).contains(spread), "errors are \(spread) × what is claimed")
  }

  @Test func energyIsABetterGuideThanChance() {
    let population = Self.populations[1]
    let spread = { (estimates: [(sum: Double, variance: Double)]) in
      estimates.reduce(0) { $0 + ($1.sum - population.total) * ($1.sum - population.total) }
    }
    let blind = Self.estimates(
      population, energies: [Double](repeating: 1, count: population.energies.count))
    #expect(spread(Self.estimates(population)) < spread(blind) / 10)
  }

  /// What 500 samples of 128 rows say.
  static func estimates(
    _ population: Population, energies: [Double]? = nil
  ) -> [(sum: Double, variance: Double)] {
    (0..<500).map { seed in
      let sample = RowSample(
        energies: energies ?? population.energies, count: 128, seed: UInt64(seed) &* 0x9E37_79B9)
      return sample.total(of: sample.rows.map { population.losses[$0] })
    }
  }
}

/// e to a power, to the precision that a test's data need.
func exponential(_ power: Double) -> Double {
  var (sum, term) = (1.0, 1.0)
  let small = power / 1024
  for n in 1...8 {
    term *= small / Double(n)
    sum += term
  }
  return (0..<10).reduce(sum) { value, _ in value * value }
}
