import Foundation
import Measurement
import Statistics
import Testing

@Suite("The growth of losses")
struct LossGrowthTests {
  /// A tensor with errors, in nats and in weighted squared errors.
  private let nats: Distortion
  private let squares: Distortion

  init() throws {
    let fixture = try TensorFixture([192, 40], seed: 31)
    let statistics = LossMetricTests.statistics(fixture.descriptor, seed: 32)
    func measured(_ unit: LossUnit) -> Distortion {
      fixture.measured(
        RowSample(energies: [Double](repeating: 1, count: 40), count: 20, seed: 33),
        fixture.matrixWeights(statistics, unit: unit))
    }
    nats = measured(.nats)
    squares = measured(.weightedSquaredError)
  }

  @Test("multiplies a predicted KLD by 1 + 8 ε, and its standard error alike")
  func predictedKLD() {
    let factor = 1 + 8 * nats.weightedRelativeError
    let corrected = nats.corrected(for: .nats)
    #expect(factor > 1.001)
    #expect(isClose(corrected.loss, factor * nats.loss))
    #expect(isClose(corrected.standardError, factor * nats.standardError))
    #expect(corrected.weightedRelativeError == nats.weightedRelativeError)
  }

  @Test("does not concern weighted squared errors, which are exact")
  func weightedSquaredErrors() {
    #expect(squares.corrected(for: .weightedSquaredError) == squares)
  }

  @Test("is foreseen to be more than any model shows with all tensors in one type")
  func wholeModels() {
    let whole = LossGrowth.evidence.filter { $0.role == nil }
    #expect(Set(whole.map(\.model)) == Set(LossGrowth.evidence.map(\.model)))
    for evidence in whole { #expect(evidence.rate < LossGrowth.predicted.rate) }
  }

  @Test("has evidence that the page on constants shows, row by row")
  func page() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/constants.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let start = try #require(text.range(of: "| model | tensors | number | rate"))
    let rows = text[start.lowerBound...].split(separator: "\n", omittingEmptySubsequences: false)
      .prefix { $0.hasPrefix("|") }
    #expect(rows.dropFirst(2).map(String.init) == LossGrowth.evidence.map(\.row))
  }
}

extension LossGrowth.Evidence {
  /// The row of the table in `docs/constants.md`.
  fileprivate var row: String {
    let tensors = role.map { "`\($0)`" } ?? "all at once"
    let cells = [
      model, tensors, "\(self.tensors)", number(rate, 1), interval(rates, 1), number(level, 2),
      interval(levels, 2),
    ]
    return "| \(cells.joined(separator: " | ")) |"
  }

  private func number(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value).replacing("-", with: "−")
  }

  /// Empty for a single tensor.
  private func interval(_ range: ClosedRange<Double>, _ digits: Int) -> String {
    if range.lowerBound == range.upperBound { return "" }
    return "\(number(range.lowerBound, digits)) … \(number(range.upperBound, digits))"
  }
}
