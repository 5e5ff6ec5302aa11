import KernelsC

/// A codebook with the plainest cells: of eight dimensions the first six have one edge, of four
/// each has three. The first sixteen seeds of a cell represent it.
struct TestCodebook: ~Copyable {
  let group: Int
  private(set) var table = rk_trellis_book()
  private(set) var candidates: [[Float]] = []
  private let vectors: UnsafeMutablePointer<Int8>
  private let seeds: UnsafeMutablePointer<UInt16>

  init(group: Int, magnitudes: Bool) {
    self.group = group
    let edges: [Float] = group == 8 ? [magnitudes ? 20.5 : -0.5] : [-15.5, -0.5, 15.5]
    let bins = (0..<group).map { $0 < 6 ? edges.count + 1 : 1 }
    let strides = (0..<group).map { bins[..<$0].reduce(1, *) }
    let cells = bins.reduce(1, *)
    var members = [[Int]](repeating: [], count: cells)
    for seed in 0..<8192 {
      let value = ReferenceTrellis.values(seed + 4096, group: group, magnitudes: magnitudes)
      let cell = (0..<group).reduce(0) { sum, k in
        sum + (bins[k] == 1 ? 0 : strides[k] * edges.count { value[k] > $0 })
      }
      if members[cell].count < 16 { members[cell].append(seed) }
    }
    vectors = .allocate(capacity: cells * 16 * group)
    seeds = .allocate(capacity: cells * 16)
    for cell in 0..<cells {
      for place in 0..<16 {
        let seed = members[cell][min(place, members[cell].count - 1)]
        let value = ReferenceTrellis.values(seed + 4096, group: group, magnitudes: magnitudes)
        candidates.append(value)
        seeds[16 * cell + place] = UInt16(seed)
        for k in 0..<group {
          vectors[cell * 16 * group + k / 2 * 32 + place * 2 + k % 2] = Int8(value[k])
        }
      }
    }
    table.group = Int32(group)
    table.offset = 4096
    table.magnitudes = magnitudes ? 1 : 0
    table.cells = Int32(cells)
    withUnsafeMutableBytes(of: &table.edges) { bytes in
      let room = bytes.bindMemory(to: Float.self)
      for place in room.indices {
        let exists = place / 16 < edges.count && bins[place % group] > 1
        room[place] = exists ? edges[place / 16] : .infinity
      }
    }
    withUnsafeMutableBytes(of: &table.stride) { bytes in
      let room = bytes.bindMemory(to: Int32.self)
      for lane in room.indices { room[lane] = Int32(strides[lane % group]) }
    }
    table.vectors = UnsafePointer(vectors)
    table.seeds = UnsafePointer(seeds)
  }

  deinit {
    vectors.deallocate()
    seeds.deallocate()
  }

  /// What a kernel finds for 32 weights.
  func search(
    _ kernels: rk_kernels, _ x: [Float], _ w: [Float], _ scales: [Float], effort: Float,
    bound: Float = .infinity
  ) -> (seeds: [UInt16], found: rk_found) {
    var seeds = [UInt16](repeating: .max, count: 32 / group)
    let found = withUnsafePointer(to: table) { table in
      kernels.trellis_search(
        table, x, w, scales, Int32(scales.count), effort, bound, &seeds)
    }
    return (seeds, found)
  }
}
