import GGUF
import Planning
import TestSupport

/// How the costs of random choices are drawn.
enum CostStyle: CaseIterable {
  /// Any bytes, any loss: most candidates are dominated.
  case unrelated
  /// Few sizes, shared by all choices, with whole losses: many ties.
  case equalSizes
  /// Loss about halves per byte step, as of real types, with noise: many are off the hull.
  case likeTypes
  /// Loss falls in a line with noise: the hull is almost flat, the hardest for bounds.
  case correlated
}

/// `count` choices of up to `most` candidates.
func randomChoices(
  _ count: Int, most: Int, _ style: CostStyle, using generator: inout SeededGenerator
) -> [Choice] {
  (0..<count).map { number in
    let scale = Double.random(in: 1...20, using: &generator)
    let candidates = (0..<Int.random(in: 1...most, using: &generator)).map { index in
      let (bytes, loss) = cost(style, scale: scale, using: &generator)
      return Candidate(type: TensorType.all[index], bytes: bytes, loss: loss, variance: loss / 10)
    }
    return Choice(names: ["blk.\(number).ffn_up.weight"], candidates: candidates)
  }
}

private func cost(
  _ style: CostStyle, scale: Double, using generator: inout SeededGenerator
) -> (bytes: Int, loss: Double) {
  switch style {
  case .unrelated:
    return (Int.random(in: 0...1000, using: &generator), .random(in: 0...9, using: &generator))
  case .equalSizes:
    let size = Int.random(in: 1...6, using: &generator)
    return (size * 96, Double(Int.random(in: 0...8, using: &generator)))
  case .likeTypes:
    let steps = Int.random(in: 0...24, using: &generator)
    let noise = Double.random(in: 0.7...1.4, using: &generator)
    let halvings = (0..<steps).reduce(scale * noise) { loss, _ in loss * 0.8 }
    return (16 + steps * 7, halvings)
  case .correlated:
    let bytes = Int.random(in: 0...300, using: &generator)
    return (bytes, 400 - Double(bytes) + .random(in: 0...5, using: &generator))
  }
}

/// The least loss within `budget` bytes, by trying all combinations; nil where none fits.
func exhaustiveOptimum(_ choices: [Choice], budget: Int) -> Double? {
  var best: Double?
  func descend(_ index: Int, _ bytes: Int, _ loss: Double) {
    guard bytes <= budget else { return }
    guard index < choices.count else {
      best = min(best ?? .infinity, loss)
      return
    }
    for candidate in choices[index].candidates {
      descend(index + 1, bytes + candidate.bytes, loss + candidate.loss)
    }
  }
  descend(0, 0, 0)
  return best
}
