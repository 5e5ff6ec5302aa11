import Codecs
import KernelsC
import Testing
import TestSupport

/// A small codebook whose shortlists are written here, so that the kernel is tested by itself.
final class KernelCodebook {
  let values: [Float]
  let dimensions: Int
  let words: [UInt16]
  var table = rk_codebook()
  private let lists: UnsafeMutablePointer<UInt16>

  /// - Parameter listed: how many of 48 words a shortlist has.
  init(dimensions: Int, signs: Int32, listed: Int = 48, seed: UInt64 = 1) {
    self.dimensions = dimensions
    values =
      dimensions == 4
      ? [1, 3, 5, 7, 9, 11, 13, 15] : signs == RK_SIGNS_NONE ? [-1, 0, 1] : [8, 25, 43]
    let ranks = values.count
    let bits = 16 / dimensions
    var random = SeededGenerator(seed: seed)
    var words: [UInt16] = []
    while words.count < 48 {
      let word = (0..<dimensions).reduce(UInt16(0)) {
        $0 | UInt16(Int.random(in: 0..<ranks, using: &random)) << (bits * $1)
      }
      if !words.contains(word) { words.append(word) }
    }
    self.words = words

    let cells = (0..<dimensions).reduce(1) { cells, _ in cells * ranks }
    lists = .allocate(capacity: cells * listed)
    for cell in 0..<cells {
      var rest = cell
      let centre = (0..<dimensions).map { _ in
        defer { rest /= ranks }
        return rest % ranks
      }
      func distance(_ word: UInt16) -> Int {
        (0..<dimensions).reduce(0) {
          let apart = centre[$1] - Int(word) >> (bits * $1) & (1 << bits - 1)
          return $0 + apart * apart
        }
      }
      let nearest = words.sorted { distance($0) < distance($1) }.prefix(listed)
      for (k, word) in nearest.enumerated() { lists[cell * listed + k] = word }
    }
    table.dimensions = Int32(dimensions)
    table.signs = signs
    table.listed = Int32(listed)
    table.shortlists = UnsafePointer(lists)
    withUnsafeMutableBytes(of: &table.ternary) { bytes in
      let sums = bytes.bindMemory(to: UInt16.self)
      for byte in 1..<256 { sums[byte] = UInt16(byte % 2) + 3 * sums[byte / 2] }
    }
    let grid = KernelGrid.table(values)
    withUnsafeBytes(of: grid.values) { from in
      withUnsafeMutableBytes(of: &table.values) {
        $0.copyMemory(from: .init(rebasing: from[..<64]))
      }
    }
    withUnsafeBytes(of: grid.midpoints) { from in
      withUnsafeMutableBytes(of: &table.midpoints) {
        $0.copyMemory(from: .init(rebasing: from[..<64]))
      }
    }
  }

  deinit { lists.deallocate() }

  func value(_ word: UInt16, _ k: Int) -> Float {
    let bits = 16 / dimensions
    return values[Int(word) >> (bits * k) & (1 << bits - 1)]
  }
}

/// What the kernel makes of a row of blocks.
struct CodebookMatch: Equatable {
  var words: [UInt16]
  var marks: [UInt8]
  var wxv: [Float]
  var wvv: [Float]

  init(
    _ kernels: rk_kernels, _ x: [Float], _ w: [Float], size: Int, _ book: KernelCodebook,
    scales: [Float], shifts: [Float], either: Bool = false
  ) {
    words = .init(repeating: 0, count: x.count / book.dimensions)
    marks = .init(repeating: 0xA5, count: x.count / 8)
    wxv = .init(repeating: 0, count: x.count / size)
    wvv = wxv
    kernels.codebook_match(
      x, w, Int32(x.count), Int32(size), &book.table, book.table.listed, scales, shifts,
      either ? 1 : 0, &words, &marks, &wxv, &wvv)
  }

  /// The value that weight j is given, before the scale.
  func value(_ j: Int, _ book: KernelCodebook, shift: Float) -> Double {
    let value = Double(book.value(words[j / book.dimensions], j % book.dimensions))
    let mark = marks[j / 8]
    if book.table.signs != RK_SIGNS_NONE { return mark >> (j % 8) & 1 == 0 ? value : -value }
    return value + Double(mark & 1 == 0 ? shift : -shift)
  }
}

/// With shortlists of all words the search finds the exact optimum; with any, all levels agree.
@Suite struct CodebookKernelTests {
  static let signs = [RK_SIGNS_NONE, RK_SIGNS_FREE, RK_SIGNS_EVEN]
  static let sizes = [16, 32]

  @Test(arguments: Kernels.levels, signs)
  func wordsOfEightAreOptimal(level: String, signs: Int32) throws {
    try check(level, KernelCodebook(dimensions: 8, signs: signs))
  }

  @Test(arguments: Kernels.levels, [RK_SIGNS_FREE, RK_SIGNS_EVEN])
  func wordsOfFourAreOptimal(level: String, signs: Int32) throws {
    try check(level, KernelCodebook(dimensions: 4, signs: signs))
  }

  @Test(arguments: [4, 8], signs)
  func shortListsGiveTheSameAtEveryLevel(dimensions: Int, signs: Int32) throws {
    guard dimensions == 8 || signs != RK_SIGNS_NONE else { return }
    let book = KernelCodebook(dimensions: dimensions, signs: signs, listed: 16)
    for seed: UInt64 in 0..<10 {
      let block = KernelBlock(seed, count: 64, extreme: book.values.last ?? 1)
      for either in signs == RK_SIGNS_NONE ? [false, true] : [false] {
        let results = try Kernels.levels.map {
          CodebookMatch(
            try kernels($0), block.x, block.w, size: 16, book, scales: block.scales,
            shifts: [0.125, -0.125, 0.125, 0.125], either: either)
        }
        #expect(results.allSatisfy { $0 == results[0] })
      }
    }
  }

  private func check(_ level: String, _ book: KernelCodebook) throws {
    let kernels = try kernels(level)
    let hasSigns = book.table.signs != RK_SIGNS_NONE
    for (seed, size) in [(1, 16), (2, 32), (3, 16), (4, 32)] {
      let block = KernelBlock(UInt64(seed), count: 64, extreme: book.values.last ?? 1)
      let scales = block.scales.map { abs($0) }
      let shifts: [Float] = hasSigns ? [0, 0, 0, 0] : [0.125, -0.125, 0.125, -0.125]
      for either in hasSigns ? [false] : [false, true] {
        let match = CodebookMatch(
          kernels, block.x, block.w, size: size, book, scales: scales, shifts: shifts,
          either: either)
        for start in stride(from: 0, to: 64, by: 8) {
          let scale = Double(scales[start / size])
          let shift = shifts[start / size]
          let error = (start..<start + 8).reduce(0.0) {
            let difference = Double(block.x[$1]) - scale * match.value($1, book, shift: shift)
            return $0 + Double(block.w[$1]) * difference * difference
          }
          let optimum = (either ? [shift, -shift] : [shift]).map {
            ReferenceKernels.codebookError(
              Array(block.x[start..<start + 8]), Array(block.w[start..<start + 8]), book,
              scale: scale, shift: Double($0))
          }
          #expect(error <= (optimum.min() ?? 0) * (1 + 1e-5))
          let mark = match.marks[start / 8]
          if book.table.signs == RK_SIGNS_EVEN { #expect(mark.nonzeroBitCount % 2 == 0) }
          if !hasSigns { #expect(mark <= (either ? 1 : 0)) }
        }
        for index in 0..<64 / size {
          var sums = (wxv: 0.0, wvv: 0.0)
          for j in index * size..<(index + 1) * size {
            let v = match.value(j, book, shift: shifts[index])
            sums.wxv += Double(block.w[j]) * Double(block.x[j]) * v
            sums.wvv += Double(block.w[j]) * v * v
          }
          #expect(abs(Double(match.wvv[index]) - sums.wvv) <= 1e-5 * sums.wvv)
          #expect(abs(Double(match.wxv[index]) - sums.wxv) <= 1e-4 * sums.wvv.squareRoot())
        }
      }
    }
  }
}

extension ReferenceKernels {
  /// The least error of eight weights over all words and all signs that the codebook allows.
  ///
  /// With magnitudes and values not negative, a sign is worth having against its weight only where
  /// parity asks for it, and only once.
  static func codebookError(
    _ x: [Float], _ w: [Float], _ book: KernelCodebook, scale: Double, shift: Double
  ) -> Double {
    let signs = book.table.signs
    let odd = signs == RK_SIGNS_EVEN && x.count { $0 < 0 } % 2 == 1
    // The least so far with no sign and with one sign changed.
    var least = (none: 0.0, one: Double.infinity)
    for start in stride(from: 0, to: 8, by: book.dimensions) {
      var group = (none: Double.infinity, one: Double.infinity)
      for word in book.words {
        var plain = 0.0
        var change = Double.infinity
        for k in 0..<book.dimensions {
          let (x, w) = (Double(x[start + k]), Double(w[start + k]))
          let a = signs == RK_SIGNS_NONE ? x : abs(x)
          let v = scale * (Double(book.value(word, k)) + shift)
          plain += w * (a - v) * (a - v)
          change = min(change, w * (a + v) * (a + v) - w * (a - v) * (a - v))
        }
        group = (min(group.none, plain), min(group.one, plain + change))
      }
      least = (
        least.none + group.none, min(least.none + group.one, least.one + group.none)
      )
    }
    return odd ? least.one : least.none
  }
}
