package import Threads

/// Products of matrices, on the calling thread.
extension Matrix {
  /// Sets this matrix to scale × a b, or adds that to it.
  package func assign(_ a: Matrix, times b: Matrix, scale: Float = 1, adding: Bool = false) {
    assign(a, .asIs, b, .asIs, inner: a.columns, scale: scale, adding: adding)
  }

  /// Sets this matrix to scale × a bᵀ, or adds that to it.
  package func assign(
    _ a: Matrix, timesTransposed b: Matrix, scale: Float = 1, adding: Bool = false
  ) {
    assign(a, .asIs, b, .transposed, inner: a.columns, scale: scale, adding: adding)
  }

  /// Adds scale × aᵀ b to this matrix.
  package func add(transposed a: Matrix, times b: Matrix, scale: Float = 1) {
    assign(a, .transposed, b, .asIs, inner: a.rows, scale: scale, adding: true)
  }

  private func assign(
    _ a: Matrix, _ formA: FactorForm, _ b: Matrix, _ formB: FactorForm, inner: Int, scale: Float,
    adding: Bool
  ) {
    precondition(
      (formA == .transposed ? a.columns : a.rows) == rows
        && (formB == .transposed ? b.rows : b.columns) == columns
        && (formB == .transposed ? b.columns : b.rows) == inner, "factors of other sizes")
    guard rows > 0, columns > 0 else { return }
    ProductLibrary.multiply(
      formA, formB, Int32(rows), Int32(columns), Int32(inner), scale, a[0], Int32(a.stride), b[0],
      Int32(b.stride), adding ? 1 : 0, self[0], Int32(stride))
  }
}

/// Products of matrices, divided among threads.
extension Matrix {
  /// Sets this matrix to a b, or adds that to it.
  package func assign(_ a: Matrix, times b: Matrix, adding: Bool = false, on workers: Workers) {
    forEachTile(on: workers) { tile, rows, columns in
      tile.assign(a.rows(rows), times: b.columns(columns), adding: adding)
    }
  }

  /// Sets this matrix to a bᵀ.
  package func assign(_ a: Matrix, timesTransposed b: Matrix, on workers: Workers) {
    forEachTile(on: workers) { tile, rows, columns in
      tile.assign(a.rows(rows), timesTransposed: b.rows(columns))
    }
  }

  /// Calls `body` with parts of this matrix and the rows and columns that they stand in.
  private func forEachTile(
    on workers: Workers, _ body: @Sendable (Matrix, Range<Int>, Range<Int>) -> Void
  ) {
    let (height, width) = (Self.tile(rows, atMost: 256), Self.tile(columns, atMost: 512))
    let across = (columns + width - 1) / width
    workers.forEach((rows + height - 1) / height * across) { tile in
      let (top, left) = (tile / across * height, tile % across * width)
      let rows = top..<Swift.min(top + height, self.rows)
      let columns = left..<Swift.min(left + width, self.columns)
      body(self.rows(rows).columns(columns), rows, columns)
    }
  }

  /// The size of nearly equal parts: large, so that packing the factors costs little, and never
  /// dependent on the threads.
  private static func tile(_ total: Int, atMost limit: Int) -> Int {
    let parts = max(1, (total + limit - 1) / limit)
    return max(1, (total + parts - 1) / parts)
  }
}
