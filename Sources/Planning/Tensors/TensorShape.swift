package import GGUF

/// The shape of a tensor as GGUF stores it: the length of a row first.
package struct TensorShape: Sendable, Equatable {
  /// The extents, row length first.
  package let dimensions: [Int]

  /// The shape with these extents, row length first.
  package init(_ dimensions: [Int]) { self.dimensions = dimensions }

  /// The weights of a row.
  package var columns: Int { dimensions.first ?? 1 }

  /// The rows of a matrix, of which a tensor of experts holds several.
  package var rows: Int { dimensions.count > 1 ? dimensions[1] : 1 }

  /// The dimensions that count, as `ggml_n_dims` has it: trailing ones do not.
  package var rank: Int { (dimensions.lastIndex { $0 > 1 } ?? 0) + 1 }

  /// Whether tensors of this shape can have `type`: its blocks divide the row, its groups of rows
  /// each matrix.
  package func allows(_ type: TensorType) -> Bool {
    type.bytes(rows: rows, columns: columns) != nil
  }
}
