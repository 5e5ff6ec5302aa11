/// How a trellis type builds a weight, scale × level × value(seed), and how hard to look for seeds.
///
/// Blocks of 32 weights each have a level, and may have a choice of codebooks; a seed stands for a
/// group of 4 or 8 weights.
struct TrellisScheme: Sendable {
  let books: [TrellisCodebook]
  /// What the numbers of levels stand for.
  let levels: [Float]
  /// The magnitudes of the levels.
  let magnitudes: BlockQuantizer
  /// How many levels of either sign a block tries: 1, 2 or 4 with groups of 8, 6 with groups of 4.
  let trials: Int
  /// How far from a group's own cell vectors are looked for: see `rk_kernels.trellis_search`.
  let effort: Float
  /// The numbers of the positive levels, then of the negative, in the order of their magnitudes.
  let sides: [[Int]]
  /// The number of the level zero, where there is one.
  let zero: Int?

  init(
    books: [TrellisCodebook], levels: [Float], magnitudes: BlockQuantizer, trials: Int,
    effort: Float
  ) {
    self.books = books
    self.levels = levels
    self.magnitudes = magnitudes
    self.trials = trials
    self.effort = effort
    zero = levels.firstIndex(of: 0)
    sides = [1, -1].map { sign in
      levels.indices.filter { levels[$0] * sign > 0 }.sorted { abs(levels[$0]) < abs(levels[$1]) }
    }
  }

  var group: Int { books[0].generator.group }
  var storesSigns: Bool { books[0].generator.magnitudes }
  var largestLevel: Float { magnitudes.extreme }

  /// Chooses `trials` levels of one side, nearest first, whose magnitudes are near to `ratio`.
  ///
  /// They lie at least six hundredths apart: at a scale that is nearer, the best seeds are the same.
  /// Where the side has too few, the nearest stands for those that lack.
  func chooseLevels(
    of side: [Int], around ratio: Float, into chosen: UnsafeMutablePointer<Int>
  ) {
    var above = 0
    while above < side.count, abs(levels[side[above]]) < ratio { above += 1 }
    var below = above - 1
    var lowest = Float.infinity
    var highest: Float = 0
    var count = 0
    while count < trials, below >= 0 || above < side.count {
      let magnitude: Float
      if above == side.count
        || below >= 0
          && ratio * ratio < abs(levels[side[below]]) * abs(levels[side[above]])
      {
        chosen[count] = side[below]
        magnitude = abs(levels[side[below]])
        below -= 1
      } else {
        chosen[count] = side[above]
        magnitude = abs(levels[side[above]])
        above += 1
      }
      if magnitude < highest * 1.06, magnitude > lowest / 1.06 { continue }
      lowest = min(lowest, magnitude)
      highest = max(highest, magnitude)
      count += 1
    }
    for place in count..<trials { chosen[place] = chosen[0] }
  }
}
