import KernelsC

/// The vectors that the seeds of a trellis type stand for, sorted for search.
final class TrellisCodebook: Sendable {
  let generator: TrellisGenerator
  private let kernelTable: ConstantTable<rk_trellis_book>
  /// What that points to.
  private let vectors: ConstantTable<Int8>
  private let order: ConstantTable<UInt16>

  /// - Parameters:
  ///   - seeds: how many there are.
  ///   - bins: into how many bins of equal probability each of the group's dimensions is cut.
  init(_ generator: TrellisGenerator, seeds: Int, bins: [Int]) {
    self.generator = generator
    let group = generator.group
    let all = (0..<seeds).map { UInt16($0) }
    var values = [Float](repeating: 0, count: seeds * group)
    generator.values(of: all, count: seeds * group, scale: 1, into: &values)

    var book = rk_trellis_book()
    book.group = Int32(group)
    book.offset = Int32(generator.offset)
    book.magnitudes = generator.magnitudes ? 1 : 0
    let edges = bins.map { Self.edges(of: values, bins: $0) }
    withUnsafeMutableBytes(of: &book.edges) { bytes in
      let room = bytes.bindMemory(to: Float.self)
      for place in room.indices {
        let list = edges[place % group]
        room[place] = place / 16 < list.count ? list[place / 16] : .infinity
      }
    }
    var strides: [Int] = []
    var cells = 1
    for count in bins {
      strides.append(cells)
      cells *= count
    }
    book.cells = Int32(cells)
    withUnsafeMutableBytes(of: &book.stride) { bytes in
      let room = bytes.bindMemory(to: Int32.self)
      for lane in room.indices { room[lane] = Int32(strides[lane % group]) }
    }

    var members = [[Int]](repeating: [], count: cells)
    for seed in 0..<seeds {
      var cell = 0
      for k in 0..<group {
        let value = values[seed * group + k]
        for edge in edges[k] where value > edge { cell += strides[k] }
      }
      members[cell].append(seed)
    }
    var vectors = [Int8](repeating: 0, count: cells * 16 * group)
    var order = [UInt16](repeating: 0, count: cells * 16)
    for cell in 0..<cells {
      var chosen = members[cell]
      if chosen.count < 16 {
        // The nearest of the neighbours across one edge.
        var near: [(distance: Float, seed: Int)] = []
        for k in 0..<group {
          let bin = cell / strides[k] % bins[k]
          for (edge, other) in [(bin - 1, -1), (bin, 1)] where edges[k].indices.contains(edge) {
            for seed in members[cell + other * strides[k]] {
              near.append((abs(values[seed * group + k] - edges[k][edge]), seed))
            }
          }
        }
        near.sort { ($0.distance, $0.seed) < ($1.distance, $1.seed) }
        chosen += near.prefix(16 - chosen.count).map(\.seed)
      }
      for place in 0..<16 {
        let seed = chosen[min(place, chosen.count - 1)]
        order[cell * 16 + place] = UInt16(seed)
        for k in 0..<group {
          vectors[cell * 16 * group + k / 2 * 32 + place * 2 + k % 2] =
            Int8(values[seed * group + k])
        }
      }
    }
    self.vectors = ConstantTable(vectors)
    self.order = ConstantTable(order)
    book.vectors = self.vectors.start
    book.seeds = self.order.start
    kernelTable = ConstantTable([book])
  }

  /// The vectors as kernels take them.
  var table: UnsafePointer<rk_trellis_book> { kernelTable.start }

  /// The edges between `count` bins that hold nearly equally many of `values`, halfway between
  /// integers.
  private static func edges(of values: [Float], bins count: Int) -> [Float] {
    var histogram = [Int](repeating: 0, count: 253)
    for value in values { histogram[Int(value) + 126] += 1 }
    var edges: [Float] = []
    var below = 0
    for (index, frequency) in histogram.enumerated() {
      if edges.count < count - 1, below * count >= values.count * (edges.count + 1) {
        edges.append(Float(index - 126) - 0.5)
      }
      below += frequency
    }
    return edges
  }
}
