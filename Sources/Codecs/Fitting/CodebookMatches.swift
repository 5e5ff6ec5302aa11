/// The entries chosen for the blocks of 256 weights, at a scale and a shift each.
struct CodebookMatches {
  let count: Int
  /// One per block.
  let scales: UnsafeMutablePointer<Float>
  let shifts: UnsafeMutablePointer<Float>
  let levels: UnsafeMutablePointer<Int16>
  /// Σ w x v and Σ w v², v the values chosen, per block.
  let wxv: UnsafeMutablePointer<Float>
  let wvv: UnsafeMutablePointer<Float>
  /// One per group: see `Codebook`.
  let words: UnsafeMutablePointer<UInt16>
  /// One per eight weights: the signs, or in bit 0 whether the shift is subtracted.
  let marks: UnsafeMutablePointer<UInt8>
  let book: Codebook

  init(_ scheme: CodebookScheme) {
    book = scheme.search.book
    count = 256 / scheme.blockSize
    scales = .allocate(capacity: 4 * count)
    scales.initialize(repeating: 0, count: 4 * count)
    shifts = scales + count
    wxv = scales + 2 * count
    wvv = scales + 3 * count
    levels = .allocate(capacity: count)
    words = .allocate(capacity: 256 / book.dimensions)
    marks = .allocate(capacity: 32)
  }

  func deallocate() {
    scales.deallocate()
    levels.deallocate()
    words.deallocate()
    marks.deallocate()
  }

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

  /// Copies one block.
  @inline(__always)
  func set(_ block: Int, from other: CodebookMatches) {
    scales[block] = other.scales[block]
    shifts[block] = other.shifts[block]
    levels[block] = other.levels[block]
    wxv[block] = other.wxv[block]
    wvv[block] = other.wvv[block]
    let groups = 256 / book.dimensions / count
    (words + groups * block).update(from: other.words + groups * block, count: groups)
    let bytes = 32 / count
    (marks + bytes * block).update(from: other.marks + bytes * block, count: bytes)
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
