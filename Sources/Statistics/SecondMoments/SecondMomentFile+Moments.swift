package import GGUF
package import Threads

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
    try workers.forEach(tiles.count, makeState: { CorrelationReader() }) { reader, index in
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
