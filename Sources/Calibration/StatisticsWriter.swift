package import GGUF
package import NeuralNetwork
import Statistics

/// Statistics of a model that are to be kept in files.
package struct StatisticsWriter: Sendable {
  let sums: CalibrationSums
  let datasets: [String]
  let chunkCount: Int
  let chunkSize: Int

  /// - Parameters:
  ///   - datasets: names of the texts that were calibrated on.
  ///   - chunkCount: the sequences that they made.
  ///   - chunkSize: the tokens of each.
  package init(_ sums: CalibrationSums, datasets: [String], chunkCount: Int, chunkSize: Int) {
    self.sums = sums
    self.datasets = datasets
    self.chunkCount = chunkCount
    self.chunkSize = chunkSize
  }

  /// Writes a GGUF imatrix with row sensitivities and lookups, as `StatisticsFile.read` takes it, whole or
  /// not at all.
  ///
  /// llama.cpp and ik_llama.cpp read the importance and leave the rest alone.
  ///
  /// - Parameter reservation: the output, of one file.
  /// - Returns: What is uncertain about the file although it is complete, in a sentence; mostly nil.
  @discardableResult
  package func write(to reservation: Reservation) throws -> String? {
    var metadata = Metadata()
    metadata["general.type"] = .string("imatrix")
    metadata["imatrix.datasets"] = .strings(datasets)
    metadata["imatrix.chunk_count"] = .uint32(UInt32(clamping: chunkCount))
    metadata["imatrix.chunk_size"] = .uint32(UInt32(clamping: chunkSize))
    return try sums.statistics.write(as: .F32, metadata, to: reservation)
  }

  /// Writes the importance alone as a legacy imatrix (see `LegacyImatrix` for the layout),
  /// whole or not at all. The form has no counts to tell that no token reached an expert, and zeros break
  /// encoders of llama.cpp (its issue 8661), so gaps are filled as they are when they are read.
  ///
  /// - Returns: As `write`.
  @discardableResult
  package func writeLegacy(to reservation: Reservation) throws -> String? {
    try WholeFile.write(legacyBytes, to: reservation)
  }

  private var legacyBytes: [UInt8] {
    let calls = Int32(clamping: chunkCount)
    var bytes: [UInt8] = []
    func append(_ number: Int) {
      withUnsafeBytes(of: Int32(clamping: number).littleEndian) { bytes.append(contentsOf: $0) }
    }
    func append(_ text: String) {
      append(text.utf8.count)
      bytes.append(contentsOf: text.utf8)
    }
    let inputs = sums.inputsByWeight
    append(inputs.count)
    for (name, input) in inputs.sorted(by: { $0.key < $1.key }) {
      append(name)
      append(Int(calls))
      append(input.squares.count)
      bytes += input.importance.map { Float(Double($0) * Double(calls)) }.littleEndian
    }
    append(Int(calls))
    append(datasets.joined(separator: ", "))
    return bytes
  }
}

extension CalibrationSums.InputSite {
  /// The mean of x² of every column, slice after slice, gaps filled; 1 throughout where no token came at all.
  fileprivate var importance: [Float] {
    let columns = squares.count / tokens.count
    let means = squares.enumerated().map { index, sum in
      let count = tokens[index / columns]
      return count > 0 ? Float(sum / count) : 0
    }
    return KnownMeans(completing: means, slices: tokens.count).values
      ?? Array(repeating: 1, count: means.count)
  }
}
