package import GGUF

/// The calibration statistics of a model in one file. Names and counts are in memory; vectors are read
/// from the file when they are asked for, so memory does not grow with the model.
///
/// Every vector has been looked at once when `read` returns: what is wrong with the file is known
/// before any work begins.
package struct StatisticsFile: Sendable {
  /// Names of the texts that were calibrated on, as the file gives them.
  package let datasets: [String]
  /// Chunks of text, where the file has their number.
  package let chunkCount: Int?
  /// Tokens per chunk, where the file has their number.
  package let chunkSize: Int?
  /// The file's name, without its directories.
  package var fileName: String { path.fileName }
  /// Where the file is.
  package let path: String
  /// Names of the weights that the file has anything of, sorted.
  package let names: [String]
  /// Calibration tokens: the largest count of a weight that every token reaches, or what the chunks
  /// amount to; nil where the file has neither.
  package let totalTokens: Double?

  private let entries: any StatisticsEntries

  /// Reads a legacy imatrix file (`.dat`), a GGUF imatrix, one with row sensitivities, or a sensitivity card; which of
  /// them it is, its contents say.
  ///
  /// - Parameter model: the model that it is for, which says what the names in a card stand for.
  /// - Throws: `StatisticsError`, `FormatError` or `FileError`.
  package static func read(path: String, for model: ModelFile? = nil) throws -> StatisticsFile {
    let file = try OpenFile(reading: path)
    let start = try start(of: file)
    if start == Array("GGUF".utf8) { return try StatisticsFile(gguf: ModelFile(path: path)) }
    return ZipArchive.begins(start)
      ? try StatisticsFile(card: file, for: model) : try StatisticsFile(legacy: file)
  }

  /// Whether a file is a sensitivity card by its beginning, and not a table.
  package static func isCard(path: String) throws -> Bool {
    ZipArchive.begins(try start(of: OpenFile(reading: path)))
  }

  /// The first four bytes; fewer where there are no more.
  private static func start(of file: OpenFile) throws -> [UInt8] {
    var reader = ByteReader(file)
    return try reader.bytes(min(reader.remaining, 4))
  }

  private init(gguf file: ModelFile) throws {
    do {
      // Files of the first months have a single data set and `.sums`.
      try self.init(
        path: file.path,
        datasets: file.metadata["imatrix.datasets"]?.strings
          ?? file.metadata["imatrix.dataset"]?.string.map { [$0] } ?? [],
        chunkCount: file.metadata["imatrix.chunk_count"]?.integer,
        chunkSize: file.metadata["imatrix.chunk_size"]?.integer,
        entries: try GGUFImatrix(file))
    } catch let problem as StatisticsError.Problem {
      throw StatisticsError(path: file.path, problem)
    }
  }

  private init(card file: OpenFile, for model: ModelFile?) throws {
    do {
      let card = try SensitivityCard(file, for: model)
      try self.init(
        path: file.path, datasets: [card.model], chunkCount: card.sequences,
        chunkSize: card.tokensPerSequence, entries: card)
    } catch let problem as StatisticsError.Problem {
      throw StatisticsError(path: file.path, problem)
    }
  }

  private init(legacy file: OpenFile) throws {
    let imatrix = try LegacyImatrix(file)
    try self.init(
      path: file.path, datasets: imatrix.datasets, chunkCount: imatrix.chunkCount, chunkSize: nil,
      entries: imatrix)
  }

  private init(
    path: String, datasets: [String], chunkCount: Int?, chunkSize: Int?,
    entries: any StatisticsEntries
  ) throws {
    self.path = path
    self.datasets = datasets
    self.chunkCount = chunkCount
    self.chunkSize = chunkSize
    self.entries = entries
    names = entries.names
    let chunkTokens = chunkCount.flatMap { count in chunkSize.map { Double(count) * Double($0) } }
    totalTokens = try entries.largestCount() ?? chunkTokens
  }

  /// What the file has of a weight, as it stands there; nil where it has nothing.
  ///
  /// - Parameter tensor: the tensor that it is for.
  /// - Throws: `StatisticsError` or `FileError`.
  func entry(_ name: String, for tensor: TensorDescriptor) throws -> TensorStatistics? {
    do {
      // What is of another model is not even read.
      if let (quantity, count) = entries.longest(of: name), count > tensor.elements {
        throw StatisticsError.Problem.otherShape(
          entry: name, quantity.words, found: count, expected: quantity.count(for: tensor))
      }
      return try entries.entry(name)
    } catch let problem as StatisticsError.Problem {
      throw StatisticsError(path: path, problem)
    }
  }

  /// Whether the file has something of a weight that may be of a tensor by its size.
  func has(_ name: String, within tensor: TensorDescriptor) -> Bool {
    entries.longest(of: name).map { $0.count <= tensor.elements } ?? false
  }

  /// Checks that the file is still the one that was opened.
  package func checkUnchanged() throws { try entries.checkUnchanged() }
}

/// The entries of a statistics file in one of its forms.
protocol StatisticsEntries: Sendable {
  /// Names of the weights, sorted.
  var names: [String] { get }

  /// Reads what there is of a weight; nil where there is nothing.
  ///
  /// - Throws: `StatisticsError.Problem` or `FileError`.
  func entry(_ name: String) throws -> TensorStatistics?

  /// The longest vector of a weight; nil where there is none.
  func longest(of name: String) -> (quantity: TensorSums.Quantity, count: Int)?

  /// The largest count of tokens of a weight that has one count, where that is positive.
  func largestCount() throws -> Double?

  func checkUnchanged() throws
}
