package import GGUF

/// Looks in the bytes of tensors for weights that are NaN or infinite, one thread's worth.
package struct NonFiniteSearch {
  /// Weights decoded at a time, about.
  private static let step = 1 << 15

  private var weights = AlignedBuffer<Float>(count: 0)

  package init() {}

  /// The weights that are no numbers in a part of a tensor's data, by row and run of columns.
  ///
  /// - Parameters:
  ///   - bytes: whole parts of the tensor, see `TensorDescriptor.part`.
  ///   - start: the number of the first weight, counted row after row.
  ///   - codec: that of the tensor's type.
  ///   - found: told of each run, in order.
  package mutating func look<Failure: Error>(
    in bytes: UnsafeRawBufferPointer, of tensor: TensorDescriptor, from start: Int, _ codec: Codec,
    found: (_ row: Int, _ columns: Range<Int>, _ value: Float) throws(Failure) -> Void
  ) throws(Failure) {
    let part = tensor.part
    let parts = max(1, Self.step / part.weights)
    if weights.values.count < parts * part.weights {
      weights = AlignedBuffer(count: parts * part.weights)
    }
    for offset in stride(from: 0, to: bytes.count, by: parts * part.bytes) {
      let some = bytes[offset..<min(offset + parts * part.bytes, bytes.count)]
      let decoded = weights.prefix(some.count / part.bytes * part.weights)
      codec.decodeStrictly(UnsafeRawBufferPointer(rebasing: some), parts: tensor, into: decoded)
      try UnsafeBufferPointer(decoded).forEachNonFinite(
        from: start + offset / part.bytes * part.weights, columns: tensor.columns, found)
    }
  }
}

extension Codec {
  /// Reads consecutive parts of a tensor's data.
  fileprivate func decodeStrictly(
    _ bytes: UnsafeRawBufferPointer, parts tensor: TensorDescriptor,
    into weights: UnsafeMutableBufferPointer<Float>
  ) {
    // Rows that are nothing but blocks decode as if they were one.
    let part =
      type.rowsAreBlocks ? (weights: weights.count, bytes: bytes.count) : tensor.part
    for index in 0..<bytes.count / part.bytes {
      decodeStrictly(
        UnsafeRawBufferPointer(rebasing: bytes[index * part.bytes..<(index + 1) * part.bytes]),
        into: UnsafeMutableBufferPointer(
          rebasing: weights[index * part.weights..<(index + 1) * part.weights]))
    }
  }
}

extension UnsafeBufferPointer<Float> {
  /// Goes through the runs of NaN and infinity among weights of rows; a run ends where its row does.
  ///
  /// - Parameters:
  ///   - start: the number of the first weight, counted row after row.
  ///   - columns: weights in a row.
  func forEachNonFinite<Failure: Error>(
    from start: Int, columns: Int,
    _ found: (_ row: Int, _ columns: Range<Int>, _ value: Float) throws(Failure) -> Void
  ) throws(Failure) {
    guard var index = firstNonFinite else { return }
    while index < count {
      guard !self[index].isFinite else {
        index += 1
        continue
      }
      let (row, column) = (start + index).quotientAndRemainder(dividingBy: columns)
      let most = Swift.min(columns - column, count - index)
      let length = (1..<most).first { self[index + $0].isFinite } ?? most
      try found(row, column..<column + length, self[index])
      index += length
    }
  }
}
