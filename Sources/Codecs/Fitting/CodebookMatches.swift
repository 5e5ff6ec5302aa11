import GGUF

/// The entries chosen for blocks of a row, at a scale and a shift each. A view of a `CodebookMemory`.
struct CodebookMatches {
  let count: Int
  /// Each block's scale, shift and level.
  let scales: UnsafeMutablePointer<Float>
  let shifts: UnsafeMutablePointer<Float>
  let levels: UnsafeMutablePointer<Int16>
  /// Σ w x v and Σ w v², v the values chosen, per block.
  let wxv: UnsafeMutablePointer<Float>
  let wvv: UnsafeMutablePointer<Float>
  /// Each group's entry: see `Codebook`.
  let words: UnsafeMutablePointer<UInt16>
  /// For each eight weights the signs, or in bit 0 whether the shift is subtracted.
  let marks: UnsafeMutablePointer<UInt8>
  /// Words and marks of a block.
  let groups: Int
  let eights: Int
  let book: Codebook

  /// The number of a group's entry.
  @inline(__always)
  func entry(_ group: Int) -> Int { book.entry(of: words[group]) }

  /// How much a block's scale takes from Σ w x².
  @inline(__always)
  func explained(_ block: Int) -> Float {
    scales[block] * (2 * wxv[block] - scales[block] * wvv[block])
  }

  /// The scale that would take most with the same entries.
  @inline(__always)
  func bestScale(_ block: Int) -> Float { wvv[block] > 0 ? max(wxv[block], 0) / wvv[block] : 0 }

  /// Takes one block from others.
  @inline(__always)
  func set(_ block: Int, from other: CodebookMatches, _ index: Int) {
    scales[block] = other.scales[index]
    shifts[block] = other.shifts[index]
    levels[block] = other.levels[index]
    wxv[block] = other.wxv[index]
    wvv[block] = other.wvv[index]
    (words + groups * block).update(from: other.words + groups * index, count: groups)
    (marks + eights * block).update(from: other.marks + eights * index, count: eights)
  }

  /// The shared scale at which these levels and entries lose least.
  var refittedScale: Float {
    var numerator = 0.0
    var denominator = 0.0
    for index in 0..<count {
      let level = Double(levels[index])
      numerator += level * Double(wxv[index])
      denominator += level * level * Double(wvv[index])
    }
    return denominator > 0 ? Float(numerator / denominator) : 0
  }

  /// What they lose at a shared scale, less Σ w x².
  func error(_ scale: Float) -> Double {
    var sum = 0.0
    for index in 0..<count {
      let scale = Double(scale) * Double(levels[index])
      sum += scale * (scale * Double(wvv[index]) - 2 * Double(wxv[index]))
    }
    return sum
  }
}

/// Room for the entries chosen for blocks.
final class CodebookMemory {
  private let blocks: Int
  private let groups: Int
  private let eights: Int
  private let book: Codebook
  /// Scales, shifts, and both sums.
  private let floats: AlignedBuffer<Float>
  private let levels: AlignedBuffer<Int16>
  private let words: AlignedBuffer<UInt16>
  private let marks: AlignedBuffer<UInt8>

  init(_ scheme: CodebookScheme, blocks: Int) {
    self.blocks = blocks
    book = scheme.search.book
    groups = scheme.blockSize / book.dimensions
    eights = scheme.blockSize / 8
    floats = AlignedBuffer(repeating: 0, count: 4 * blocks)
    levels = AlignedBuffer(count: blocks)
    words = AlignedBuffer(count: blocks * groups)
    marks = AlignedBuffer(count: blocks * eights)
  }

  /// The place of `count` blocks from number `first` on; valid as long as the memory lives.
  func matches(from first: Int = 0, count: Int) -> CodebookMatches {
    CodebookMatches(
      count: count, scales: floats.start + first, shifts: floats.start + blocks + first,
      levels: levels.start + first, wxv: floats.start + 2 * blocks + first,
      wvv: floats.start + 3 * blocks + first, words: words.start + first * groups,
      marks: marks.start + first * eights, groups: groups, eights: eights, book: book)
  }
}
