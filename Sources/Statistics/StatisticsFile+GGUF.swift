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
extension StatisticsFile {
  init(gguf file: ModelFile) throws {
    self.init(path: file.path)
    // Files of the first months have a single data set and `.sums`.
    datasets =
      file.metadata["imatrix.datasets"]?.strings
      ?? file.metadata["imatrix.dataset"]?.string.map { [$0] } ?? []
    chunkCount = file.metadata["imatrix.chunk_count"]?.integer
    chunkSize = file.metadata["imatrix.chunk_size"]?.integer
    do {
      for (name, sums) in try Self.sums(in: file) {
        try add(try sums.statistics(of: name), of: name)
      }
      guard !entries.isEmpty else { throw StatisticsError.Problem.noEntries }
    } catch let problem as StatisticsError.Problem {
      throw StatisticsError(path: file.path, problem)
    }
  }

  /// The sums of every weight, by its name, in the order of names so that of several faults the same
  /// one is always reported.
  private static func sums(in file: ModelFile) throws -> [(name: String, sums: TensorSums)] {
    var sums: [String: TensorSums] = [:]
    for tensor in file.tensors {
      guard let (name, quantity) = TensorSums.Quantity.parse(tensor.name) else { continue }
      guard tensor.type == .F32 else {
        throw StatisticsError.Problem.type(entry: tensor.name, tensor.type)
      }
      var bytes = [UInt8](repeating: 0, count: tensor.byteCount)
      try bytes.withUnsafeMutableBytes {
        try file.read(tensor, byteRange: 0..<tensor.byteCount, into: $0)
      }
      let values = [Float](littleEndian: bytes)
      try values.requireSumsOfSquares(of: tensor.name)
      let vector = TensorSums.Vector(values: values, slices: tensor.rows)
      guard sums[name, default: TensorSums()].vectors.updateValue(vector, forKey: quantity) == nil
      else { throw StatisticsError.Problem.duplicateEntry(tensor.name) }
    }
    return sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
