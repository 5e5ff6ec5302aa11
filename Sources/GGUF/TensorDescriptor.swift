/// What a file says of one tensor: its name, shape, type and place.
///
/// A tensor is read as rows of `columns` weights. The rows of dimension 1 form a slice; a
/// mixture-of-experts weight has one slice per expert.
package struct TensorDescriptor: Sendable, Hashable {
  /// UTF-8 text of 1 to 63 bytes, unique in its model.
  package let name: String
  /// One to four positive dimensions, the fastest first, as GGUF stores them.
  package let shape: [Int]
  /// How the weights are stored.
  package let type: TensorType
  /// Weights in total.
  package let elements: Int
  /// Bytes of the data, without the padding that follows it.
  package let byteCount: Int
  /// Index of the file that holds the data, from 0.
  package internal(set) var shard: Int
  /// Where the data begins in that file, in bytes.
  package internal(set) var offset: Int

  /// A descriptor of a tensor that has been checked: its name, its dimensions and that its type
  /// allows rows of that length.
  ///
  /// - Throws: The rule that it breaks.
  package init(
    name: String, shape: [Int], type: TensorType, shard: Int = 0, offset: Int = 0
  ) throws(FormatError.Problem) {
    // `GGML_MAX_NAME` is 64 with the terminating zero.
    guard 1..<64 ~= name.utf8.count else { throw .tensorNameLength(name.utf8.count) }
    guard 1...4 ~= shape.count else { throw .dimensionCount(tensor: name, shape.count) }
    var elements = 1
    for dimension in shape {
      guard dimension > 0 else { throw .dimension(tensor: name, dimension) }
      let (product, overflow) = elements.multipliedReportingOverflow(by: dimension)
      guard !overflow else { throw .tooLarge(tensor: name) }
      elements = product
    }
    guard shape[0] % type.weightsPerBlock == 0 else {
      throw .rowLength(tensor: name, columns: shape[0], type)
    }
    let rows = elements / shape[0]
    guard rows % type.rowsPerGroup == 0 else { throw .rowCount(tensor: name, rows: rows, type) }
    guard let byteCount = type.bytes(rows: rows, columns: shape[0]) else {
      throw .tooLarge(tensor: name)
    }
    self.name = name
    self.shape = shape
    self.type = type
    self.elements = elements
    self.byteCount = byteCount
    self.shard = shard
    self.offset = offset
  }

  /// Weights in a row: the first dimension.
  package var columns: Int { shape[0] }

  /// Rows in total: the product of the other dimensions.
  package var rows: Int { elements / columns }

  /// Rows in a slice: the second dimension.
  package var rowsPerSlice: Int { shape.count > 1 ? shape[1] : 1 }

  /// The number of slices: the product of the third and fourth dimensions.
  package var slices: Int { rows / rowsPerSlice }

  /// The weights and bytes of the smallest part of the data that can be decoded by itself: a row or a group of rows;
  /// of long rows, which are nothing but their blocks, a block. The data are one part after another.
  package var part: (weights: Int, bytes: Int) {
    columns > Self.longRow && type.rowsAreBlocks
      ? (type.weightsPerBlock, type.bytesPerBlock)
      : (type.rowsPerGroup * columns, type.rowsPerGroup * rowBytes)
  }

  /// The most weights of a row that is never cut.
  private static let longRow = 1 << 15

  /// Bytes of one row.
  package var rowBytes: Int { byteCount / rows }
}
