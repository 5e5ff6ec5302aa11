import KernelsC

/// A codebook of vectors: groups of 8 weights of three values each, or of 4 weights of eight.
///
/// An entry's *word* is four nibbles of ranks among the values: for 4 dimensions, nibble k is the
/// rank of weight k; for 8, of weight 2k, plus four times that of weight 2k + 1. The tables of this
/// folder list the entries as words in hexadecimal, nibble 0 first.
final class Codebook: Sendable {
  /// The values of a weight, ascending.
  let values: [Float]
  /// Weights in a group: 8 or 4.
  let dimensions: Int

  private let words: [UInt16]
  /// The values of every entry, one after another.
  private let vectors: ConstantTable<Float>
  /// The entry of every word; 0 where there is none.
  private let entries: ConstantTable<UInt16>

  init(values: [Float], dimensions: Int, entries text: StaticString) {
    precondition((dimensions, values.count) == (8, 3) || (dimensions, values.count) == (4, 8))
    self.values = values
    self.dimensions = dimensions
    words = text.withUTF8Buffer { digits in
      stride(from: 0, to: digits.count, by: 4).map { start in
        (0..<4).reduce(0) { $0 | UInt16(Self.nibble(digits[start + $1])) << (4 * $1) }
      }
    }
    var entries = [UInt16](repeating: 0, count: 1 << 16)
    var vectors: [Float] = []
    let bits = 16 / dimensions
    for (entry, word) in words.enumerated() {
      entries[Int(word)] = UInt16(entry)
      for k in 0..<dimensions {
        vectors.append(values[Int(word) >> (bits * k) & (values.count == 3 ? 3 : 7)])
      }
    }
    self.entries = ConstantTable(entries)
    self.vectors = ConstantTable(vectors)
  }

  private static func nibble(_ digit: UInt8) -> UInt8 {
    digit < UInt8(ascii: "a") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
  }

  /// The number of the entry with this word.
  @inline(__always)
  func entry(of word: UInt16) -> Int { Int(entries[Int(word)]) }

  /// The values of an entry.
  @inline(__always)
  func vector(_ entry: Int) -> UnsafePointer<Float> { vectors.start + entry * dimensions }

  /// For every cell of the space of groups (see KernelsC.h) the `length` words nearest to its
  /// centre, measured in ranks, nearest first.
  func shortlists(length: Int) -> ConstantTable<UInt16> {
    let ranks = values.count
    let halfCells = dimensions == 8 ? 81 : 64
    let half = dimensions / 2
    // Squared distances of half cells from the halves of words.
    var distances = [UInt8](repeating: 0, count: halfCells << 8)
    for cell in 0..<halfCells {
      for byte in 0..<256 {
        var rest = cell
        var distance = 0
        for k in 0..<half {
          let rank = byte >> (8 / half * k) & (1 << (8 / half) - 1)
          distance += (rest % ranks - rank) * (rest % ranks - rank)
          rest /= ranks
        }
        // Bytes that occur in words stay below 128; what the others come to does not matter.
        distances[cell << 8 | byte] = UInt8(truncatingIfNeeded: distance)
      }
    }
    var lists = [UInt16](repeating: 0, count: halfCells * halfCells * length)
    var apart = [UInt8](repeating: 0, count: words.count)
    lists.withUnsafeMutableBufferPointer { lists in
      for cell in 0..<halfCells * halfCells {
        Self.list(
          words, distances, (cell % halfCells) << 8, (cell / halfCells) << 8, &apart,
          into: .init(rebasing: lists[cell * length..<(cell + 1) * length]))
      }
    }
    return ConstantTable(lists)
  }

  /// Counting sort by distance, cut off where the list is full.
  private static func list(
    _ words: [UInt16], _ distances: [UInt8], _ low: Int, _ high: Int, _ apart: inout [UInt8],
    into list: UnsafeMutableBufferPointer<UInt16>
  ) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 256) { places in
      places.initialize(repeating: 0)
      for (entry, word) in words.enumerated() {
        let distance = distances[low | Int(word & 255)] + distances[high | Int(word >> 8)]
        apart[entry] = distance
        places[Int(distance)] += 1
      }
      var place = 0
      for distance in 0..<256 { (places[distance], place) = (place, place + places[distance]) }
      for (entry, word) in words.enumerated() {
        let place = places[Int(apart[entry])]
        places[Int(apart[entry])] += 1
        if place < list.count { list[place] = word }
      }
    }
  }
}
