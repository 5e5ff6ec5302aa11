import GGUF
import Statistics
import TestSupport
import Threads

/// Features that a slice of a weight reads, and their second moment by the plain formula.
struct MomentSample {
  let columns: Int
  let tokens: [[Float]]

  /// Features of which neighbours are alike; the column `dead` is always zero.
  init(columns: Int, tokens: Int, seed: UInt64, dead: Int? = nil) {
    self.columns = columns
    var random = SeededGenerator(seed: seed)
    self.tokens = (0..<tokens).map { _ in
      var level: Float = 0
      return (0..<columns).map { column in
        level = 0.7 * level + Float.random(in: -1...1, using: &random)
        return column == dead ? 0 : level * Float(1 + column % 5)
      }
    }
  }

  /// Σ xᵢ xⱼ.
  func product(_ i: Int, _ j: Int) -> Double {
    tokens.reduce(0) { $0 + Double($1[i]) * Double($1[j]) }
  }

  /// Σ x xᵀ in tiles, of those on the diagonal the lower triangles alone.
  var tiles: [Float] {
    let tiles = TriangleTiles(columns: columns)!
    var sums = [Float](repeating: 0, count: tiles.count * TriangleTiles.elements)
    for index in 0..<tiles.count {
      let (row, column) = tiles.place(of: index)
      for i in tiles.range(row) {
        for j in tiles.range(column) where j <= i {
          let place = (i % TriangleTiles.side) * TriangleTiles.side + j % TriangleTiles.side
          sums[index * TriangleTiles.elements + place] = Float(product(i, j))
        }
      }
    }
    return sums
  }
}

extension TemporaryDirectory {
  /// Writes a file of second moments.
  ///
  /// - Parameter samples: for each site, half after half, the slices; nil where no token reached one.
  func writeMoments(
    _ sites: [SecondMomentSite], _ samples: [[MomentSample?]],
    model: ContentDigest = ContentDigest(of: "model"), to name: String, threads: Int = 1
  ) throws -> String {
    let writer = try SecondMomentWriter(
      sites, model: model, texts: ["a.txt", "b.txt"], tokens: 90, sequence: 30,
      to: Reservation([self(name)]))
    for (index, site) in sites.enumerated() {
      for (place, sample) in samples[index].enumerated() {
        let sums = sample?.tiles
        let (half, slice) = (place / site.slices, place % site.slices)
        func write(_ sums: UnsafeBufferPointer<Float>?) throws {
          try writer.write(
            site: index, slice: slice, half: half, sums: sums, tokens: sample?.tokens.count ?? 0,
            on: Workers(threads))
        }
        if let sums { try sums.withUnsafeBufferPointer { try write($0) } } else { try write(nil) }
      }
    }
    _ = try writer.finish(by: Workers(threads))
    return self(name)
  }
}

/// A file of second moments of two columns, put together byte by byte, sound unless it is told otherwise.
struct MomentFixture {
  var type = "ration.covariance"
  var form: UInt32 = 1
  var model = ContentDigest(of: "model").hexadecimal
  var tokens: UInt32 = 6
  var sequence: UInt32 = 3
  var sites = ["a.weight,b.weight"]
  var squares: [Float] = [4, 9, 1, 0]
  var counts: [Float] = [4, 2]
  /// The only correlation there is, in the first half.
  var correlation: Float16Bits = 0x3800
  var shapes: [[Int64]] = [[2, 1, 2], [1, 1, 2], [256, 256, 1, 2]]
  var types: [UInt32] = [0, 0, 1]
  var names = ["a.weight.moment_squares", "a.weight.moment_counts", "a.weight.moment"]
  /// Keys that are left out.
  var missing: Set<String> = []

  typealias Float16Bits = UInt16

  var bytes: [UInt8] {
    let keys: [(String, GGUFFixture.Key)] = [
      ("type", .string("general.type", type)), ("form", .uint32("ration.covariance.form", form)),
      ("model", .string("ration.covariance.model", model)),
      ("texts", .strings("ration.covariance.texts", ["a.txt"])),
      ("tokens", .uint32("ration.covariance.tokens", tokens)),
      ("sequence", .uint32("ration.covariance.sequence", sequence)),
      ("sites", .strings("ration.covariance.sites", sites)),
    ]
    var correlations = [UInt16](repeating: 0, count: 2 * 256 * 256)
    for place in [0, 257, 256 * 256] { correlations[place] = 0x3c00 }
    (correlations[1], correlations[256]) = (correlation, correlation)
    var data: [[UInt8]] = [[], [], []]
    data[0].put(squares)
    data[1].put(counts)
    for number in correlations { data[2].put(number) }
    let tensors = names.indices.map { index in
      let elements = shapes[index].reduce(1, *)
      let size = Int(elements) * (types[index] == 0 ? 4 : 2)
      let bytes =
        data[index].prefix(size) + Array(repeating: 0, count: max(0, size - data[index].count))
      return GGUFFixture.Tensor(
        names[index], shapes[index], type: types[index], data: Array(bytes))
    }
    return GGUFFixture(
      keys: keys.filter { !missing.contains($0.0) }.map(\.1), tensors: tensors
    ).bytes
  }
}
