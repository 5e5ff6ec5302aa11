import KernelsC

/// Finds the entries of a codebook, and the signs, that come closest to blocks of weights.
final class CodebookSearch: Sendable {
  /// How weights get their signs.
  enum Signs: Int32 {
    /// From the values of the codebook.
    case none = 0
    /// From a bit for each weight.
    case free = 1
    /// From a bit for each weight, of which every eight have an even number set.
    case even = 2
  }

  let book: Codebook
  let signs: Signs
  /// The values as a grid for single weights: what a search without the codebook looks at.
  let grid: Grid
  private let table: ConstantTable<rk_codebook>
  /// For every cell of the space of groups the nearest entries.
  private let shortlists: ConstantTable<UInt16>
  /// How many entries are compared for a group, and when it need not be exact. Flat: 16 for 32 costs 0.3 % of
  /// the error and saves a twentieth of the time, 64 bring 0.04 % (`docs/constants.md`).
  private static let listed = (full: 32, quick: 16)

  init(_ book: Codebook, signs: Signs) {
    self.book = book
    self.signs = signs
    // A fourth value that is never the nearest.
    grid = Grid(book.values.count == 3 ? book.values + [.infinity] : book.values)
    shortlists = book.shortlists(length: Self.listed.full)
    var table = rk_codebook()
    table.dimensions = Int32(book.dimensions)
    table.signs = signs.rawValue
    table.listed = Int32(Self.listed.full)
    table.shortlists = shortlists.start
    fill(&table.values, with: book.values)
    fill(&table.midpoints, with: zip(book.values, book.values.dropFirst()).map { ($0 + $1) / 2 })
    withUnsafeMutableBytes(of: &table.ternary) { bytes in
      let sums = bytes.bindMemory(to: UInt16.self)
      // Digit 0, and three times the digits above it.
      for byte in 1..<256 { sums[byte] = UInt16(byte % 2) + 3 * sums[byte / 2] }
    }
    self.table = ConstantTable([table])
  }

  /// Chooses the words and marks of blocks at one scale and shift each.
  ///
  /// - Parameters:
  ///   - first: the first of `matches.count` blocks.
  ///   - either: whether each group may subtract the shift instead.
  ///   - quick: whether a shorter list of entries will do.
  func match(
    _ first: WeightedBlock, into matches: CodebookMatches, either: Bool, quick: Bool
  ) {
    Kernels.active.pointee.codebook_match(
      first.x, first.w, Int32(first.count * matches.count), Int32(first.count), table.start,
      Int32(quick ? Self.listed.quick : Self.listed.full), matches.scales, matches.shifts,
      either ? 1 : 0, matches.words, matches.marks, matches.wxv, matches.wvv)
  }
}
