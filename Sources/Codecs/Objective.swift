/// What an encoder makes small: a sum over the columns of a row, x its weights and y what they become.
package enum Objective: Sendable {
  /// Σ (x − y)².
  case plain
  /// Σ h (x − y)², h the importance of each column: finite and not negative. Importances that are all zero
  /// weigh all columns alike; a column with next to none counts a little: see `ColumnWeights`.
  case diagonal(ArraySlice<Float>)

  /// The objective of the rows of one slice of a tensor.
  ///
  /// - Parameters:
  ///   - importance: of the columns of all slices, one after another; nil weighs all alike.
  ///   - slice: the slice that the rows are in.
  ///   - columns: the columns of a row.
  package init(importance: [Float]?, slice: Int = 0, columns: Int) {
    guard let importance else {
      self = .plain
      return
    }
    self = .diagonal(importance[slice * columns..<(slice + 1) * columns])
  }

  /// The objective of the first columns alone.
  package func first(_ columns: Int) -> Objective {
    switch self {
    case .plain: .plain
    case .diagonal(let importance): .diagonal(importance.prefix(columns))
    }
  }

  /// Whether another objective is this one in the same memory: a quick answer, which may be no for equals.
  func isIdentical(to other: Objective) -> Bool {
    switch (self, other) {
    case (.plain, .plain): true
    case (.diagonal(let mine), .diagonal(let theirs)):
      mine.withUnsafeBufferPointer { mine in
        theirs.withUnsafeBufferPointer {
          mine.baseAddress == $0.baseAddress && mine.count == $0.count
        }
      }
    default: false
    }
  }
}
