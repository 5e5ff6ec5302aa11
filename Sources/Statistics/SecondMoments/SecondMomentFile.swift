import Codecs
package import GGUF
import KernelsC
package import Threads

/// A file of the second moments H = Σ x xᵀ of what a model's weights read, for two halves of a text apart. It is a
/// GGUF of the type `ration.covariance`, with three tensors for each site, named after the site's first weight:
///
///     WEIGHT.moment_squares  f32  [columns, slices, 2]           Hᵢᵢ = Σ xᵢ²
///     WEIGHT.moment_counts   f32  [1, slices, 2]                 tokens
///     WEIGHT.moment          f16  [256, 256 × tiles, slices, 2]  rᵢⱼ = Hᵢⱼ / √(Hᵢᵢ Hⱼⱼ)
///
/// The last dimension is the half of the text; sequences belong to the first and the second in turn. The tiles are those
/// of `TriangleTiles`: 256 × 256 values of the lower triangle, with zeros beyond the matrix; tiles on the diagonal are
/// whole. A column that is always zero has correlations that are zero. Slices are experts, where each reads features of
/// its own; a slice that no token reached has zeros throughout. Sums and counts of two files of the same model add up.
///
/// The metadata are
///
///     ration.covariance.form      1
///     ration.covariance.model     the fingerprint of the model's tensors (see `ContentDigest.init(fingerprintOf:)`)
///     ration.covariance.texts     names of the texts
///     ration.covariance.tokens    tokens of both halves
///     ration.covariance.sequence  tokens of a sequence
///     ration.covariance.sites     the weights of each site, separated by commas
///
/// Names and shapes are in memory. Numbers are read when they are asked for, so memory does not grow with the model.
package struct SecondMomentFile: Sendable {
  /// Where the file is.
  package let path: String
  /// The fingerprint of the model that the moments are of.
  package let model: ContentDigest
  /// Names of the texts.
  package let texts: [String]
  /// Tokens of both halves of the text.
  package let tokens: Int
  /// Tokens of a sequence.
  package let sequence: Int
  /// All sites, in the order of the file.
  package let sites: [SecondMomentSite]

  private let file: ModelFile
  private let entries: [Entries]
  private let siteOfWeight: [String: Int]

  /// The tensors of a site.
  private struct Entries: Sendable {
    let squares: TensorDescriptor
    let counts: TensorDescriptor
    let correlations: TensorDescriptor
  }

  /// Opens a file. Its header, and the names, types and shapes of all its entries, are sound when this returns; sums of
  /// squares and counts have been looked at once.
  ///
  /// - Throws: `StatisticsError`, `FormatError` or `FileError`.
  package static func read(path: String) throws -> SecondMomentFile {
    let file = try ModelFile(path: path)
    do {
      return try SecondMomentFile(file)
    } catch let problem as StatisticsError.Problem {
      throw StatisticsError(path: path, problem)
    }
  }

  private init(_ file: ModelFile) throws {
    let header = try SecondMomentHeader(file.metadata)
    path = file.path
    model = header.model
    texts = header.texts
    tokens = header.tokens
    sequence = header.sequence
    self.file = file

    var sites: [SecondMomentSite] = []
    var entries: [Entries] = []
    var siteOfWeight: [String: Int] = [:]
    for weights in header.sites {
      for weight in weights {
        guard siteOfWeight.updateValue(sites.count, forKey: weight) == nil else {
          throw StatisticsError.Problem.weightTwice(weight)
        }
      }
      let (site, found) = try Self.site(of: weights, in: file)
      try Self.checkSums(found, in: file)
      sites.append(site)
      entries.append(found)
    }
    self.sites = sites
    self.entries = entries
    self.siteOfWeight = siteOfWeight
    let known = Set(entries.flatMap { [$0.squares, $0.counts, $0.correlations] }.map(\.name))
    if let stranger = file.tensors.first(where: { !known.contains($0.name) }) {
      throw StatisticsError.Problem.unknownEntry(stranger.name)
    }
  }

  /// A site, its size being that of its sums of squares, and its tensors, which have to be of that size too.
  private static func site(
    of weights: [String], in file: ModelFile
  ) throws(StatisticsError.Problem) -> (SecondMomentSite, Entries) {
    let name = weights[0] + SecondMomentSite.Part.squares.rawValue
    guard let squares = file[name] else { throw .entryMissing(name) }
    guard squares.shape.count == 3 else {
      throw .shape(entry: name, found: squares.shape, expected: nil)
    }
    let site = SecondMomentSite(
      weights: weights, columns: squares.shape[0], slices: squares.shape[1])
    func entry(_ part: SecondMomentSite.Part) throws(StatisticsError.Problem) -> TensorDescriptor {
      let name = site.entry(part)
      guard let tensor = file[name] else { throw .entryMissing(name) }
      guard tensor.type == part.type else {
        throw .otherType(entry: name, found: tensor.type, expected: part.type)
      }
      let shape = site.shape(part)
      guard tensor.shape == shape else {
        throw .shape(entry: name, found: tensor.shape, expected: shape)
      }
      return tensor
    }
    return (
      site,
      Entries(
        squares: try entry(.squares), counts: try entry(.counts),
        correlations: try entry(.correlations))
    )
  }

  /// Looks at sums of squares and counts once.
  private static func checkSums(_ entries: Entries, in file: ModelFile) throws {
    for tensor in [entries.squares, entries.counts] {
      var check = SumsOfSquaresCheck(of: tensor.name)
      try check.check(count: tensor.elements) { try file.read(tensor, byteRange: $0, into: $1) }
    }
  }

  /// Checks that the moments are of this model: that its tensors have the same names, shapes, types and, as far as the
  /// fingerprint looks at them, weights.
  ///
  /// - Throws: `StatisticsError`, `FileError`.
  package func requireModel(_ model: ModelFile) throws {
    guard try ContentDigest(fingerprintOf: model) == self.model else {
      throw StatisticsError(path: path, .otherModel(model.path.fileName))
    }
  }

  /// Whether the file has what a weight reads.
  package func covers(_ weight: String) -> Bool { siteOfWeight[weight] != nil }

  /// A digest of all that the file has of what a weight reads.
  ///
  /// - Precondition: `covers(weight)`.
  package func digest(of weight: String) throws -> ContentDigest {
    let entries = entries[siteOfWeight[weight]!]
    var hasher = ContentHasher()
    let room = AlignedBuffer<UInt8>(count: 1 << 20)
    for tensor in [entries.squares, entries.counts, entries.correlations] {
      for start in stride(from: 0, to: tensor.byteCount, by: 1 << 20) {
        let range = start..<min(start + (1 << 20), tensor.byteCount)
        try file.read(tensor, byteRange: range, into: room.bytes(range.count))
        hasher.add(UnsafeRawBufferPointer(room.bytes(range.count)))
      }
    }
    return hasher.finish()
  }

  /// Checks that the file is still the one that was opened.
  package func checkUnchanged() throws { try file.checkUnchanged() }
}

// MARK: Moments

extension SecondMomentFile {
  /// The second moment of what a slice of a weight reads; nil where the file has nothing for the weight, or no token has
  /// reached the slice.
  ///
  /// Beside the result, which takes 4 × columns² bytes, little memory is needed.
  ///
  /// - Parameters:
  ///   - tensor: the weight.
  ///   - slice: the number of the slice, of those of the tensor.
  ///   - half: the number of the half of the text, 0 or 1; nil for both together.
  /// - Throws: `StatisticsError` where the file's entry is for another shape than the tensor's, or has numbers that are
  ///   no correlations; `FileError`.
  package func moment(
    of tensor: TensorDescriptor, slice: Int, half: Int?, on workers: Workers = Workers(1)
  ) throws -> SecondMoment? {
    guard let index = siteOfWeight[tensor.name] else { return nil }
    do {
      return try moment(sites[index], entries[index], of: tensor, slice, half, workers)
    } catch let problem as StatisticsError.Problem {
      throw StatisticsError(path: path, problem)
    }
  }

  private func moment(
    _ site: SecondMomentSite, _ entries: Entries, of tensor: TensorDescriptor, _ slice: Int,
    _ half: Int?, _ workers: Workers
  ) throws -> SecondMoment? {
    precondition(
      0..<tensor.slices ~= slice && half.map { 0..<SecondMomentSite.halves ~= $0 } ?? true)
    guard site.columns == tensor.columns else {
      throw StatisticsError.Problem.otherShape(
        entry: entries.squares.name, "squares", found: site.columns, expected: tensor.columns)
    }
    guard site.slices == 1 || site.slices == tensor.slices else {
      throw StatisticsError.Problem.otherShape(
        entry: entries.counts.name, "tokens", found: site.slices, expected: tensor.slices)
    }
    let places = (half.map { $0..<$0 + 1 } ?? 0..<SecondMomentSite.halves).map {
      site.place(slice: site.slices == 1 ? 0 : slice, half: $0)
    }
    let tokens = try places.reduce(0) { sum, place in
      sum + Double(try numbers(entries.counts, at: place, count: 1)[0])
    }
    guard tokens > 0 else { return nil }
    let squares = try places.map { try numbers(entries.squares, at: $0, count: site.columns) }
    let sums = (0..<site.columns).map { column in
      squares.reduce(0) { $0 + Double($1[column]) }
    }
    let means = sums.map { Float($0 / tokens) }
    // Dividing by a count below 1 can overflow.
    try means.requireSumsOfSquares(of: entries.squares.name)
    let factors = squares.map { squares in
      zip(squares, sums).map { $1 > 0 ? Float((Double($0) / $1).squareRoot()) : 0 }
    }
    return SecondMoment(
      columns: site.columns, tokens: tokens, meanSquares: means,
      correlations: try correlations(
        entries.correlations, Array(zip(places, factors)), isAlive: sums.map { $0 > 0 }, workers))
  }

  /// Some of the numbers of an entry that stand together for each slice and half.
  private func numbers(
    _ tensor: TensorDescriptor, at place: Int, count: Int
  ) throws -> [Float] {
    var bytes = [UInt8](repeating: 0, count: 4 * count)
    try bytes.withUnsafeMutableBytes {
      try file.read(tensor, byteRange: 4 * count * place..<4 * count * (place + 1), into: $0)
    }
    let numbers = [Float](littleEndian: bytes)
    try numbers.requireSumsOfSquares(of: tensor.name, from: count * place)
    return numbers
  }

  /// Correlations over some parts of the text: r = Σ rₚ fₚᵢ fₚⱼ, with the part's share √(Hₚᵢᵢ / Hᵢᵢ) in each column.
  ///
  /// - Parameters:
  ///   - parts: the place and the shares of each.
  ///   - isAlive: whether a column is ever other than zero.
  private func correlations(
    _ tensor: TensorDescriptor, _ parts: [(place: Int, factors: [Float])], isAlive: [Bool],
    _ workers: Workers
  ) throws -> AlignedBuffer<Float> {
    let columns = isAlive.count
    guard let tiles = TriangleTiles(columns: columns) else {
      preconditionFailure("the shape was checked")
    }
    // As many as the file has in tiles, whose size was checked against the file's.
    let matrix = SharedValues(AlignedBuffer<Float>(count: columns * columns))
    try workers.forEach(tiles.count, makeState: { TileReader() }) { reader, index in
      let (row, column) = tiles.place(of: index)
      let (rows, across) = (tiles.range(row), tiles.range(column))
      reader.clear()
      for (place, factors) in parts {
        try reader.add(
          file, tensor, tile: place * tiles.count + index, rows: factors[rows],
          columns: factors[across])
      }
      if row == column { reader.completeDiagonal(isAlive[rows]) }
      reader.put(rows, across, into: matrix.buffer.start, stride: columns)
    }
    return matrix.buffer
  }
}

/// Memory of which threads write different values.
private struct SharedValues: @unchecked Sendable {
  let buffer: AlignedBuffer<Float>
  init(_ buffer: AlignedBuffer<Float>) { self.buffer = buffer }
}

/// Reads tiles of correlations, and puts them into the square matrix that they are of: one thread's worth.
private struct TileReader {
  private let halves = AlignedBuffer<UInt16>(count: TriangleTiles.elements)
  private let read = AlignedBuffer<Float>(count: TriangleTiles.elements)
  private let sum = AlignedBuffer<Float>(count: TriangleTiles.elements)

  /// What the rounding of a correlation may add to it.
  private static let bound: Float = 1 + 0x1p-10

  func clear() { sum.values.update(repeating: 0) }

  /// Adds a tile, every value times the factors of its row and its column.
  func add(
    _ file: ModelFile, _ tensor: TensorDescriptor, tile: Int, rows: ArraySlice<Float>,
    columns: ArraySlice<Float>
  ) throws {
    let count = TriangleTiles.elements
    try file.read(
      tensor, byteRange: 2 * count * tile..<2 * count * (tile + 1), into: halves.bytes(2 * count))
    for index in 0..<count { halves[index] = UInt16(littleEndian: halves[index]) }
    Kernels.active.pointee.half_to_float(halves.start, read.start, Int32(count))
    var isSound = true
    for index in 0..<count { isSound = isSound && abs(read[index]) <= Self.bound }
    guard isSound else {
      let index = read.values.firstIndex { !(abs($0) <= Self.bound) } ?? 0
      throw StatisticsError.Problem.noCorrelation(entry: tensor.name, index: count * tile + index)
    }
    columns.withUnsafeBufferPointer { columns in
      for (row, factor) in rows.enumerated() {
        let (source, target) = (
          read.start + row * TriangleTiles.side, sum.start + row * TriangleTiles.side
        )
        for column in columns.indices {
          target[column] += source[column] * factor * columns[column]
        }
      }
    }
  }

  /// Makes the upper triangle of a tile on the diagonal that of the lower, and the diagonal that of correlations.
  func completeDiagonal(_ isAlive: ArraySlice<Bool>) {
    for (row, isAlive) in isAlive.enumerated() {
      for column in 0..<row {
        sum[column * TriangleTiles.side + row] = sum[row * TriangleTiles.side + column]
      }
      sum[row * (TriangleTiles.side + 1)] = isAlive ? 1 : 0
    }
  }

  /// Puts the tile into both triangles of a matrix.
  func put(
    _ rows: Range<Int>, _ columns: Range<Int>, into matrix: UnsafeMutablePointer<Float>,
    stride: Int
  ) {
    for value in sum.values.indices { sum[value] = min(max(sum[value], -1), 1) }
    for (offset, row) in rows.enumerated() {
      (matrix + row * stride + columns.lowerBound).update(
        from: sum.start + offset * TriangleTiles.side, count: columns.count)
    }
    guard rows != columns else { return }
    for (offset, column) in columns.enumerated() {
      let target = matrix + column * stride + rows.lowerBound
      for row in 0..<rows.count { target[row] = sum[row * TriangleTiles.side + offset] }
    }
  }
}
