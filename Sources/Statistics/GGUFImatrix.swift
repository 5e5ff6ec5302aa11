import GGUF

/// GGUF imatrix files (llama.cpp since July 2025), and ours, which add row sensitivities beside
/// them. Each weight has sums over tokens and the numbers of tokens to divide them by, all `f32`:
///
///     WEIGHT.in_sum2           [columns, slices]         Σ x²
///     WEIGHT.out_grad_sum2     [rowsPerSlice, slices]    Σ δ²
///     WEIGHT.counts            [1, slices] or [1, 1]     tokens
///     WEIGHT.lookup_counts     [rows]                    tokens equal to each row's
///     WEIGHT.lookup_grad_sum2  [columns]                 Σ δ² at the output of an embedding table
///
/// Tensors with other endings are ignored, as every reader of these files does.
struct GGUFImatrix: StatisticsEntries {
  let names: [String]
  private let file: ModelFile
  private let tensors: [String: [TensorSums.Quantity: TensorDescriptor]]
  private let tokens: Double?

  /// Finds the entries and reads each once, to know that all are sound.
  ///
  /// - Throws: `StatisticsError.Problem` or `FileError`.
  init(_ file: ModelFile) throws {
    self.file = file
    var tensors: [String: [TensorSums.Quantity: TensorDescriptor]] = [:]
    for tensor in file.tensors {
      guard let (name, quantity) = TensorSums.Quantity.parse(tensor.name) else { continue }
      guard tensor.type == .F32 else {
        throw StatisticsError.Problem.type(entry: tensor.name, tensor.type)
      }
      guard tensors[name, default: [:]].updateValue(tensor, forKey: quantity) == nil else {
        throw StatisticsError.Problem.duplicateEntry(tensor.name)
      }
    }
    self.tensors = tensors
    // In the order of names, so that of several faults the same one is always reported.
    names = tensors.keys.sorted()
    guard !names.isEmpty else { throw StatisticsError.Problem.noEntries }
    var tokens = 0.0
    for name in names {
      let counts = try Self.sums(tensors[name]!, in: file).statistics(of: name).tokens
      if let counts, counts.count == 1 { tokens = max(tokens, counts[0]) }
    }
    self.tokens = tokens > 0 ? tokens : nil
  }

  func entry(_ name: String) throws -> TensorStatistics? {
    guard let tensors = tensors[name] else { return nil }
    return try Self.sums(tensors, in: file).statistics(of: name)
  }

  func largestCount() -> Double? { tokens }

  func checkUnchanged() throws { try file.checkUnchanged() }

  private static func sums(
    _ tensors: [TensorSums.Quantity: TensorDescriptor], in file: ModelFile
  ) throws -> TensorSums {
    var sums = TensorSums()
    for quantity in TensorSums.Quantity.allCases {
      guard let tensor = tensors[quantity] else { continue }
      let values = try [Float](unsafeUninitializedCapacity: tensor.elements) { values, count in
        try file.read(
          tensor, byteRange: 0..<tensor.byteCount, into: UnsafeMutableRawBufferPointer(values))
        for index in values.indices {
          values[index] = Float(bitPattern: UInt32(littleEndian: values[index].bitPattern))
        }
        count = tensor.elements
      }
      try values.requireSumsOfSquares(of: tensor.name)
      sums.vectors[quantity] = TensorSums.Vector(values: values, slices: tensor.rows)
    }
    return sums
  }
}
