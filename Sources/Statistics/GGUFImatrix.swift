import GGUF

/// GGUF imatrix files (llama.cpp since July 2025), and ours, which add row sensitivities and weighted importance
/// beside them. Each weight has sums over tokens and what to divide them by, all `f32`:
///
///     WEIGHT.in_sum2           [columns, slices]         Σ x²
///     WEIGHT.out_grad_sum2     [rowsPerSlice, slices]    Σ δ²
///     WEIGHT.out_grad_weighted_sum2  [rowsPerSlice, slices]  Σ ‖x‖² δ²
///     WEIGHT.counts            [1, slices] or [1, 1]     tokens, which divide all three
///     WEIGHT.in_weighted_sum2  [columns, slices]         Σ s x²
///     WEIGHT.in_weights        [1, slices]               Σ s, which divides that
///     WEIGHT.lookup_counts     [rows]                    tokens equal to each row's
///     WEIGHT.lookup_grad_sum2  [columns]                 Σ δ² at the output of an embedding table
///
/// s is what a token counts at a weight: the sum of δ² over its outputs, clipped. Tensors with other endings are
/// ignored, as every reader of these files does.
struct GGUFImatrix: StatisticsEntries {
  let names: [String]
  private let file: ModelFile
  private let tensors: [String: [TensorSums.Quantity: TensorDescriptor]]
  private let tokens: Double?

  /// Finds the entries and looks at each once, a stretch at a time, to know that all are sound: those that no
  /// model needs are never in memory.
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
      tokens = max(tokens, try Self.check(tensors[name]!, of: name, in: file) ?? 0)
    }
    self.tokens = tokens > 0 ? tokens : nil
  }

  /// Checks what the file has of a weight.
  ///
  /// - Returns: its count of tokens, where it has one for all slices.
  private static func check(
    _ tensors: [TensorSums.Quantity: TensorDescriptor], of name: String, in file: ModelFile
  ) throws -> Double? {
    var values: [TensorSums.Quantity: SumsOfSquaresCheck] = [:]
    for quantity in TensorSums.Quantity.allCases {
      guard let tensor = tensors[quantity] else { continue }
      var check = SumsOfSquaresCheck(of: tensor.name)
      try check.check(count: tensor.elements) {
        try file.read(tensor, byteRange: $0, into: $1)
      }
      values[quantity] = check
    }
    let slices = tensors.map { ($0, $0.isDivisor ? $1.elements : $1.rows) }
    try TensorSums.check(Dictionary(uniqueKeysWithValues: slices), in: name)
    // Dividing by less than 1 can overflow; only reading all tells for sure.
    let canOverflow = TensorSums.Quantity.allCases.contains { quantity in
      guard let sums = values[quantity], let divisor = quantity.divisor.flatMap({ values[$0] })
      else { return false }
      return !(sums.largest / min(divisor.smallest, 1)).isFinite
    }
    if canOverflow { _ = try sums(tensors, in: file).statistics(of: name) }
    return tensors[.counts]?.elements == 1 ? Double(values[.counts]?.largest ?? 0) : nil
  }

  func longest(of name: String) -> (quantity: TensorSums.Quantity, count: Int)? {
    tensors[name]?.map { ($0, $1.elements) }.max { ($0.1, $0.0.rawValue) < ($1.1, $1.0.rawValue) }
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
      sums.vectors[quantity] = TensorSums.Vector(values: values, slices: tensor.rows)
    }
    return sums
  }
}
