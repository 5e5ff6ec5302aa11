/// A stretch of a model's file that belongs neither to the header nor to a tensor.
package struct FileGap: Sendable, Equatable {
  /// Index of the file, from 0.
  package let shard: Int
  /// In bytes from the start of the file.
  package let range: Range<Int>
  /// Why it is there.
  package let kind: Kind

  /// What a gap can be.
  package enum Kind: Sendable {
    /// Fills up to the next multiple of the alignment. Writers put zeros there (`gguf.cpp`).
    case padding
    /// Lies behind everything that the header announces.
    case surplus
  }
}

/// Bytes of a model's file that should not be there. No reader looks at them, so they say that the file is damaged,
/// or more than it seems to be.
package enum FileGapFault: Sendable, Equatable {
  /// Padding is not zero at this byte of the file.
  case padding(path: String, at: Int)
  /// So many bytes follow the end of the data.
  case surplus(path: String, at: Int, count: Int)
}

extension FileGapFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .padding(let path, let offset):
      "\(path.escaped): the padding at byte \(offset) is not zero"
    case .surplus(let path, let offset, let count):
      "\(path.escaped): \(count) bytes follow the end of the data, from byte \(offset) on"
    }
  }
}

extension ModelFile {
  /// What is wrong with the gaps of all files, at most one fault for each.
  package func gapFaults() throws(FileError) -> [FileGapFault] {
    // No alignment is longer than this.
    let buffer = AlignedBuffer<UInt8>(count: 1 << 20)
    var faults: [FileGapFault] = []
    for gap in gaps {
      let path = shardPaths[gap.shard]
      switch gap.kind {
      case .surplus:
        faults.append(.surplus(path: path, at: gap.range.lowerBound, count: gap.range.count))
      case .padding:
        let bytes = buffer.bytes(gap.range.count)
        try read(gap, into: bytes)
        if let place = bytes.firstIndex(where: { $0 != 0 }) {
          faults.append(.padding(path: path, at: gap.range.lowerBound + place))
        }
      }
    }
    return faults
  }
}
