package import GGUF

/// How an output is divided among files, as `gguf-split` and `llama-quantize --keep-split` of llama.cpp do it.
///
/// The first file has all metadata; each has the keys `split.no`, `split.count` and `split.tensors.count`.
package enum FileDivision: Sendable, Equatable {
  /// Not at all.
  case whole
  /// Among as many files as it takes for each to have at most so many bytes, header and all. A tensor that is larger
  /// has a file to itself. The first file may be left without tensors, so that metadata can be exchanged alone.
  case limited(bytes: Int, firstHasTensors: Bool)
  /// As the source is: each tensor in the file of the same number. Tensors that the source lacks go to the last.
  case asSource
}

extension FileDivision {
  /// The layouts of the files.
  ///
  /// - Parameters:
  ///   - tensors: in order; `shard` is the number of the source's file.
  ///   - sourceCount: the number of the source's files.
  ///   - metadata: of the whole.
  /// - Throws: The rule of GGUF that a file would break.
  func layouts(
    of tensors: [TensorDescriptor], sourceCount: Int, _ metadata: Metadata
  ) throws(FormatError.Problem) -> [FileLayout] {
    let groups: [[TensorDescriptor]]
    switch self {
    case .whole:
      return [try Self.layout(tensors, metadata)]
    case .asSource:
      guard sourceCount > 1 else { return [try Self.layout(tensors, metadata)] }
      groups = (0..<sourceCount).map { number in tensors.filter { $0.shard == number } }
    case .limited(let bytes, let firstHasTensors):
      groups = try Self.groups(of: tensors, atMost: bytes, firstHasTensors, metadata)
    }
    guard groups.count <= UInt16.max else { throw .shardsTooMany(groups.count) }
    var layouts: [FileLayout] = []
    for (number, group) in groups.enumerated() {
      layouts.append(
        try Self.layout(
          group,
          Self.metadata(
            number == 0 ? metadata : Metadata(), number: number, count: groups.count,
            tensors: tensors.count)))
    }
    return layouts
  }

  /// The tensors of each file where none may be larger than so many bytes.
  private static func groups(
    of tensors: [TensorDescriptor], atMost bytes: Int, _ firstHasTensors: Bool,
    _ metadata: Metadata
  ) throws(FormatError.Problem) -> [[TensorDescriptor]] {
    // The numbers take the same room whatever they are.
    let first = try FileSize(Self.metadata(metadata, number: 0, count: 0, tensors: 0))
    let later = try FileSize(Self.metadata(Metadata(), number: 0, count: 0, tensors: 0))
    var groups: [[TensorDescriptor]] = firstHasTensors ? [[]] : [[], []]
    var size = firstHasTensors ? first : later
    for tensor in tensors {
      var grown = size
      try grown.add(tensor)
      var alone = later
      try alone.add(tensor)
      if grown.bytes > bytes, alone.bytes <= bytes || !groups[groups.count - 1].isEmpty {
        groups.append([])
        grown = alone
      }
      groups[groups.count - 1].append(tensor)
      size = grown
    }
    return groups
  }

  private static func layout(
    _ tensors: [TensorDescriptor], _ metadata: Metadata
  ) throws(FormatError.Problem) -> FileLayout {
    try FileLayout(
      metadata: metadata, tensors: tensors.map { (name: $0.name, shape: $0.shape, type: $0.type) })
  }

  /// The kinds of the numbers are those of llama.cpp's `gguf-split`.
  private static func metadata(
    _ metadata: Metadata, number: Int, count: Int, tensors: Int
  ) -> Metadata {
    var metadata = metadata
    metadata["split.no"] = .uint16(UInt16(number))
    metadata["split.count"] = .uint16(UInt16(count))
    metadata["split.tensors.count"] = .int32(Int32(clamping: tensors))
    return metadata
  }
}
