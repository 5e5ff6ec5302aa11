import Codecs
import KernelsC
import TestSupport
import Testing

/// Every level of this machine computes what the plain-Swift reference does.
@Suite struct TrellisKernelTests {
  static let levels = Kernels.levels

  func kernels(_ level: String) throws -> rk_kernels {
    try #require(rk_kernels_named(level)).pointee
  }

  /// A codebook with the plainest cells: of eight dimensions the first six have one edge, of four
  /// each has three. The first sixteen seeds of a cell represent it.
  struct Codebook: ~Copyable {
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
      _ kernels: rk_kernels, _ x: [Float], _ w: [Float], _ scales: [Float], effort: Float
    ) -> (seeds: [UInt16], chosen: Int, error: Float) {
      var seeds = [UInt16](repeating: .max, count: 32 / group)
      var chosen: Int32 = -1
      let error = withUnsafePointer(to: table) { table in
        kernels.trellis_search(table, x, w, scales, Int32(scales.count), effort, &seeds, &chosen)
      }
      return (seeds, Int(chosen), error)
    }
  }

  /// Normal weights and, if asked for, importances over two orders.
  static func block(_ seed: UInt64, magnitudes: Bool, even: Bool) -> (x: [Float], w: [Float]) {
    var random = SeededGenerator(seed: seed)
    let x = (0..<32).map { _ -> Float in
      let sum = (0..<4).reduce(Float(0)) { sum, _ in
        sum + Float.random(in: -1...1, using: &random)
      }
      return magnitudes ? abs(sum) : sum
    }
    return (x, (0..<32).map { _ in even ? 1 : 1 / Float.random(in: 0.01...1, using: &random) })
  }

  @Test(arguments: levels)
  func valuesEqualTheReference(level: String) throws {
    let kernels = try kernels(level)
    let seeds: [UInt16] = [0, 1, 4095, 8191, 32767, 32768, 65534, 65535]
    for group in [4, 8] {
      for (offset, magnitudes) in [(4096, false), (36864, true)] {
        var values = [Float](repeating: .nan, count: seeds.count * group)
        kernels.trellis_values(
          seeds, Int32(values.count), Int32(group), Int32(offset), magnitudes ? 1 : 0, -0.375,
          &values)
        let expected = seeds.flatMap {
          ReferenceTrellis.values(Int($0) + offset, group: group, magnitudes: magnitudes)
        }
        #expect(values == expected.map { $0 * -0.375 })
      }
    }
  }

  @Test func spreadsAreTheSameAtEveryLevelAndTrue() throws {
    let (x, w) = Self.block(1, magnitudes: false, even: false)
    for group in [4, 8] {
      let expected = ReferenceTrellis.spread(x, w, group: group)
      let spreads = try Self.levels.map { try kernels($0).trellis_spread(x, w, Int32(group)) }
      for spread in spreads {
        #expect(spread.fourth == spreads[0].fourth)
        #expect(spread.weight == spreads[0].weight)
        #expect(spread.largest == expected.2)
        #expect(abs(Double(spread.fourth) - expected.0) < 1e-5 * expected.0)
        #expect(abs(Double(spread.weight) - expected.1) < 1e-5 * expected.1)
      }
    }
  }

  /// Groups, magnitudes, and the numbers of scales that a group of that size is searched at.
  static let shapes = [(8, false, 1), (8, false, 2), (8, true, 4), (4, false, 6)]

  @Test(arguments: shapes, [true, false])
  func theExhaustiveSearchFindsTheOptimum(shape: (Int, Bool, Int), even: Bool) throws {
    let (group, magnitudes, count) = shape
    let book = Codebook(group: group, magnitudes: magnitudes)
    for seed: UInt64 in 0..<3 {
      let (x, w) = Self.block(seed, magnitudes: magnitudes, even: even)
      let sign: Float = seed == 1 && !magnitudes ? -1 : 1
      let scales = (0..<count).map { sign * (0.03 + 0.004 * Float($0)) }
      let optimum = scales.map {
        ReferenceTrellis.least(x, w, vectors: book.candidates, group: group, scale: $0)
      }.min()!
      for level in Self.levels {
        let found = book.search(try kernels(level), x, w, scales, effort: 1)
        let values = found.seeds.flatMap {
          ReferenceTrellis.values(Int($0) + 4096, group: group, magnitudes: magnitudes)
        }
        let error = ReferenceTrellis.error(x, w, values[...], scale: scales[found.chosen])
        #expect(abs(Double(found.error) - error) <= 1e-5 * error)
        // The search compares with importances in 64ths of the greatest.
        #expect(error <= optimum * (even ? 1.001 : 1.05))
      }
    }
  }

  @Test(arguments: shapes)
  func searchesAreTheSameAtEveryLevel(shape: (Int, Bool, Int)) throws {
    let (group, magnitudes, count) = shape
    let book = Codebook(group: group, magnitudes: magnitudes)
    for seed: UInt64 in 0..<10 {
      let (x, w) = Self.block(seed, magnitudes: magnitudes, even: seed % 3 == 0)
      // A scale of zero, one that all but vanishes, and one too small for the weights.
      let first: Float = [0, 0x1p-133, 0.002, 0.03, 0.04][Int(seed) % 5]
      let scales = (0..<count).map { first * (1 + 0.1 * Float($0)) }
      for effort: Float in [0, 0.1, 0.4, 1] {
        let results = try Self.levels.map {
          book.search(try kernels($0), x, w, scales, effort: effort)
        }
        for result in results {
          #expect(result.seeds == results[0].seeds)
          #expect(result.chosen == results[0].chosen)
          #expect(result.error == results[0].error)
        }
      }
    }
  }

  @Test(arguments: shapes)
  func effortHelps(shape: (Int, Bool, Int)) throws {
    let (group, magnitudes, count) = shape
    let book = Codebook(group: group, magnitudes: magnitudes)
    let kernels = try kernels(Kernels.level)
    let losses = [0, 0.2, 1].map { (effort: Float) in
      (0..<40).reduce(Float(0)) { sum, seed in
        let (x, w) = Self.block(UInt64(seed), magnitudes: magnitudes, even: false)
        let scales = (0..<count).map { 0.03 + 0.004 * Float($0) }
        return sum + book.search(kernels, x, w, scales, effort: effort).error
      }
    }
    #expect(losses[1] < losses[0])
    #expect(losses[2] < losses[1])
    #expect(losses[1] - losses[2] < 0.2 * (losses[0] - losses[2]))
  }
}
