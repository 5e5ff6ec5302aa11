import Measurement
import Testing
import TestSupport

@Suite struct RowSampleEdgeTests {
  static func energies(_ count: Int) -> [Double] {
    var random = SeededGenerator(seed: 23)
    return (0..<count).map { _ in exponential(random.normal()) }
  }

  @Test func theSameSeedDrawsTheSameRowsAndAnotherDoesNot() {
    let energies = Self.energies(1000)
    let draw = { (seed: UInt64) in RowSample(energies: energies, count: 100, seed: seed).rows }
    #expect(draw(7) == draw(7))
    #expect(draw(7) != draw(8))
  }

  @Test func theDrawIsFixedForAllTime() {
    // Measurements that are remembered rest on it.
    let energies = (0..<20).map { Double($0 * $0) }
    #expect(RowSample(energies: energies, count: 6, seed: 1).rows == [0, 5, 10, 17, 18, 19])
  }

  @Test(arguments: [1, 2, 3, 5, 31, 64, 333]) func asManyRowsAreDrawnAsAsked(rows: Int) {
    let energies = Self.energies(rows)
    let counts = Array(2..<max(rows + 2, 3))
    let draws = counts.map { RowSample(energies: energies, count: $0, seed: UInt64($0)).rows }
    #expect(draws.map(\.count) == counts.map { min($0, rows) })
    #expect(draws.allSatisfy { zip($0, $0.dropFirst()).allSatisfy(<) })
    #expect(draws.allSatisfy { $0.allSatisfy((0..<rows).contains) })
  }

  @Test func aSingleRowIsMeasuredWhole() {
    let sample = RowSample(energies: [3], count: 1, seed: 0)
    #expect(sample.rows == [0])
    #expect(sample.total(of: [0.25]) == (0.25, 0))
  }

  @Test func aTensorWithoutRowsLosesNothing() {
    let sample = RowSample(energies: [], count: 32, seed: 0)
    #expect(sample.rows.isEmpty)
    #expect(sample.total(of: []) == (0, 0))
  }

  @Test func rowsWithoutEnergyAreCountedByTheirMean() {
    let sample = RowSample(energies: [Double](repeating: 0, count: 100), count: 10, seed: 3)
    let (sum, variance) = sample.total(of: [Double](repeating: 2, count: sample.rows.count))
    #expect(isClose(sum, 200, within: 1e-12))
    #expect(variance == 0)
    #expect(sample.total(of: [Double](repeating: 0, count: sample.rows.count)) == (0, 0))
  }

  @Test func lossesInProportionToEnergyAreEstimatedExactly() {
    let energies = Self.energies(500)
    let sample = RowSample(energies: energies, count: 40, seed: 9)
    let (sum, variance) = sample.total(of: sample.rows.map { energies[$0] / 7 })
    #expect(isClose(sum, energies.reduce(0, +) / 7, within: 1e-12))
    #expect(variance < 1e-24)
  }

  @Test func samplingAsksForAShareOfTheRowsButNotTooFew() {
    #expect(Sampling.full.count(rows: 7, columns: 1) == 7)
    #expect(Sampling.fraction(0.1).count(rows: 1000, columns: 256) == 100)
    #expect(Sampling.fraction(0.1001).count(rows: 1000, columns: 256) == 101)
    #expect(Sampling.fraction(0.01).count(rows: 1000, columns: 256) == 32)
    #expect(Sampling.fraction(0.01).count(rows: 20, columns: 256) == 20)
    #expect(Sampling.automatic.count(rows: 100_000, columns: 8192) == 6250)
    #expect(Sampling.automatic.count(rows: 2000, columns: 8192) == 256)
    #expect(Sampling.automatic.count(rows: 2000, columns: 1024) == 1024)
    #expect(Sampling.automatic.count(rows: 100, columns: 64) == 100)
  }
}
