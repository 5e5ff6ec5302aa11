/// A ggml tensor type: how a row of weights is laid out in bytes.
///
/// The one place that knows a type's geometry. A reader needs it for every type that occurs in
/// files, also for those that no codec can decode; codecs refer to it.
///
/// A row of `columns` weights takes `rowHeaderBytes + columns / weightsPerBlock × bytesPerBlock`
/// bytes. Sizes are counted per row, never per block, since some ik types begin each row with a
/// scale of their own.
package struct TensorType: Sendable {
  /// The id stored in a GGUF file.
  package let id: UInt32
  /// The name as ggml's `ggml_type_name` prints it, which `--custom-q` expects: `q4_K`, `iq4_kss`.
  package let name: String
  /// Weights in a block; a row's length must be a multiple of it.
  package let weightsPerBlock: Int
  /// Bytes of one block.
  package let bytesPerBlock: Int
  /// Bytes at the start of each row, before its blocks.
  package let rowHeaderBytes: Int
  /// Rows stored together: 1, or 4, 8 or 16 for the interleaved `_R4`, `_R8`, `_R16` forms. A
  /// tensor's row count must be a multiple of it.
  package let rowsPerGroup: Int
  /// The programs whose loaders accept the type.
  package let support: Support
  /// The number that `general.file_type` has in a model mostly of this type (`llama_ftype`); nil
  /// where there is none.
  package let fileType: UInt32?

  /// Which programs load a tensor type.
  package enum Support: Sendable {
    /// llama.cpp and ik_llama.cpp.
    case everywhere
    /// ik_llama.cpp alone: its ids are private to it.
    case ikOnly
    /// llama.cpp alone.
    case mainlineOnly
  }

  /// Whether weights are stored in blocks, with less than their own precision.
  package var isQuantized: Bool { weightsPerBlock > 1 }

  /// Whether a row is nothing but its blocks, so that any of them can be decoded by themselves.
  package var rowsAreBlocks: Bool { rowHeaderBytes == 0 && rowsPerGroup == 1 }

  /// Bits per weight of the blocks alone, without the row header.
  package var nominalBitsPerWeight: Double {
    BitsPerWeight.of(bytes: bytesPerBlock, weights: weightsPerBlock)
  }

  /// The bytes of one row of `columns` weights, or nil where the row length is negative, is not a
  /// multiple of the block, or its size overflows.
  package func rowBytes(columns: Int) -> Int? {
    guard columns >= 0, columns % weightsPerBlock == 0 else { return nil }
    let (blocks, overflow) = (columns / weightsPerBlock)
      .multipliedReportingOverflow(by: bytesPerBlock)
    let (bytes, carry) = blocks.addingReportingOverflow(rowHeaderBytes)
    return overflow || carry ? nil : bytes
  }

  /// The bytes of `rows` rows of `columns` weights, or nil where the type does not allow that shape.
  package func bytes(rows: Int, columns: Int) -> Int? {
    guard rows >= 0, rows % rowsPerGroup == 0, let row = rowBytes(columns: columns) else {
      return nil
    }
    let (bytes, overflow) = row.multipliedReportingOverflow(by: rows)
    return overflow ? nil : bytes
  }

  /// The type with this id, or nil.
  package static func withID(_ id: UInt32) -> TensorType? { byID[id] }

  /// The type of this name in any capitalisation (`Q4_K`, `q4_k`, `q4_K`), or nil. A type that the programs call
  /// by different names has both.
  package static func named(_ name: some StringProtocol) -> TensorType? {
    byName[name.lowercased()]
  }

  private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
  private static let byName = Dictionary(
    uniqueKeysWithValues: all.map { ($0.name.lowercased(), $0) } + aliases)
}

extension TensorType: Hashable {
  package static func == (a: TensorType, b: TensorType) -> Bool { a.id == b.id }
  package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension TensorType: CustomStringConvertible {
  package var description: String { name }
}
