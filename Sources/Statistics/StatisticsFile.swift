import GGUF

/// The calibration statistics of a model, from one file.
package struct StatisticsFile: Sendable {
  /// Names of the texts that were calibrated on, as the file gives them.
  package internal(set) var datasets: [String] = []
  /// Chunks of text, where the file tells.
  package internal(set) var chunkCount: Int?
  /// Tokens per chunk, where the file tells.
  package internal(set) var chunkSize: Int?
  /// The file's name, without its directories.
  package let fileName: String

  let path: String
  /// By name of the weight, as the file has them.
  private(set) var entries: [String: TensorStatistics] = [:]

  init(path: String) {
    self.path = path
    fileName = path.fileName
  }

  /// Reads a legacy imatrix file (`.dat`), a GGUF imatrix, or one with row sensitivities; which of
  /// them it is, its contents tell.
  ///
  /// - Throws: `StatisticsError`, `FormatError` or `FileError`.
  package static func read(path: String) throws -> StatisticsFile {
    let file = try OpenFile(reading: path)
    var reader = ByteReader(file)
    let isGGUF = try reader.remaining >= 4 && reader.bytes(4) == Array("GGUF".utf8)
    return isGGUF
      ? try StatisticsFile(gguf: ModelFile(path: path)) : try StatisticsFile(legacy: file)
  }

  /// Names of the weights that the file has anything of, sorted.
  package var names: [String] { entries.keys.sorted() }

  /// Calibration tokens: the largest count of a weight that every token reaches, or what the chunks
  /// amount to; nil where the file tells neither.
  package var totalTokens: Double? {
    let counts = entries.values.compactMap { $0.tokens?.count == 1 ? $0.tokens?[0] : nil }
    if let largest = counts.max(), largest > 0 { return largest }
    guard let chunkCount, let chunkSize else { return nil }
    return Double(chunkCount) * Double(chunkSize)
  }

  mutating func add(
    _ entry: TensorStatistics, of name: String
  ) throws(StatisticsError.Problem) {
    guard entries.updateValue(entry, forKey: name) == nil else { throw .duplicateEntry(name) }
  }
}
