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
  /// How many levels of either sign a block tries: 1, 2, 4 or 6 with groups of 8, 6 with groups
  /// of 4.
  ///
  /// Changes of error and time on weights of four models (`docs/constants.md`): IQ1_KT with two in place of
  /// one −4.3 %, × 1.4; IQ2_KT with four in place of two −3.1 %, × 1.6; IQ3_KT with four in place of six
  /// +1.1 %, × 0.6.
  let trials: Int
  /// How far from a group's own cell vectors are looked for: see `rk_kernels.trellis_search`.
  ///
  /// It buys error with time. Twice as much: IQ1_KT −2.4 %, × 1.2; IQ2_KT −3.9 %, × 1.3; IQ3_KT −0.6 %, × 1.3;
  /// IQ4_KT −0.7 %, × 1.2. Half as much: +3.3, +5.1, +1.3 and +1.1 %, × 0.9, 0.8, 0.8 and 0.9.
  let effort: Float
  /// The positive levels, then, where there are any, the negative.
  let sides: [TrellisSide]
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
    sides = [1, -1].map { TrellisSide(sign: $0, of: levels) }.filter { $0.count > 0 }
  }

  var group: Int { books[0].generator.group }
  var storesSigns: Bool { books[0].generator.magnitudes }
  var largestLevel: Float { magnitudes.extreme }
}

/// The levels of one sign, in the order of their magnitudes.
struct TrellisSide: Sendable {
  let sign: Float
  let count: Int
  private let numbers: ConstantTable<UInt8>
  private let magnitudes: ConstantTable<Float>

  init(sign: Float, of levels: [Float]) {
    let ordered = levels.indices.filter { levels[$0] * sign > 0 }
      .sorted { abs(levels[$0]) < abs(levels[$1]) }
    self.sign = sign
    count = ordered.count
    numbers = ConstantTable(ordered.map { UInt8($0) })
    magnitudes = ConstantTable(ordered.map { abs(levels[$0]) })
  }

  /// Chooses `wanted` levels, nearest first, whose magnitudes are near to `ratio`: their numbers,
  /// and their multiples of `scale`.
  ///
  /// They lie at least six hundredths apart: nearer scales have much the same best seeds. An optimum: for
  /// IQ3_KT and IQ4_KT 1.045 changes the error by 0.1 %, 1.075 by 0.6 %; the levels of other types lie further apart.
  /// Where there are too few, the nearest stands for those that lack.
  func choose(
    _ wanted: Int, around ratio: Float, scale: Float, into chosen: UnsafeMutablePointer<UInt8>,
    _ scales: UnsafeMutablePointer<Float>
  ) {
    var above = 0
    while above < count, magnitudes[above] < ratio { above += 1 }
    var below = above - 1
    var lowest = Float.infinity
    var highest: Float = 0
    var found = 0
    while found < wanted, below >= 0 || above < count {
      let place: Int
      if above == count || below >= 0 && ratio * ratio < magnitudes[below] * magnitudes[above] {
        place = below
        below -= 1
      } else {
        place = above
        above += 1
      }
      let magnitude = magnitudes[place]
      if magnitude < highest * 1.06, magnitude > lowest / 1.06 { continue }
      lowest = min(lowest, magnitude)
      highest = max(highest, magnitude)
      chosen[found] = numbers[place]
      scales[found] = sign * scale * magnitude
      found += 1
    }
    for place in found..<wanted { (chosen[place], scales[place]) = (chosen[0], scales[0]) }
  }
}
