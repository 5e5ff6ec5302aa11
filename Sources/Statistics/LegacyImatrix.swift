import GGUF

/// The imatrix files of llama.cpp before July 2025 and of ik_llama.cpp (`save_imatrix` in
/// `examples/imatrix/imatrix.cpp`), little-endian:
///
///     i32 entries
///     entries × { i32 length, name, i32 calls, i32 count, f32 × count }
///     optional: i32 chunks; optional: i32 length, name of the data set
///
/// The values are means of squared activations times `calls`. There is neither a magic number nor a
/// checksum, so the lengths are all there is to check.
struct LegacyImatrix: StatisticsEntries {
  private(set) var datasets: [String] = []
  private(set) var chunkCount: Int?
  private let file: OpenFile
  private var places: [String: Place] = [:]

  /// Where the values of an entry are.
  private struct Place {
    let offset: Int
    let count: Int
    let calls: Int
  }

  /// Finds the entries and looks at each once, a stretch at a time, to know that all are sound: those that no
  /// model needs are never in memory.
  ///
  /// - Throws: `StatisticsError` or `FileError`.
  init(_ file: OpenFile) throws {
    self.file = file
    var reader = ByteReader(file)
    do {
      try readEntries(from: &reader)
      try readTrailer(from: &reader)
    } catch let problem as StatisticsError.Problem {
      throw StatisticsError(path: file.path, problem, at: reader.position)
    }
  }

  var names: [String] { places.keys.sorted() }

  func entry(_ name: String) throws -> TensorStatistics? {
    guard let place = places[name] else { return nil }
    var bytes = [UInt8](repeating: 0, count: 4 * place.count)
    try bytes.withUnsafeMutableBytes { try file.read(at: place.offset, into: $0) }
    var values = [Float](littleEndian: bytes)
    // llama-quantize too takes values without calls as they are.
    if place.calls > 0 {
      for index in values.indices { values[index] /= Float(place.calls) }
    }
    return TensorStatistics(importance: values)
  }

  func longest(of name: String) -> (quantity: TensorSums.Quantity, count: Int)? {
    places[name].map { (.importance, $0.count) }
  }

  /// The files do not have counts of tokens.
  func largestCount() -> Double? { nil }

  func checkUnchanged() throws { try file.checkUnchanged() }

  private mutating func readEntries(from reader: inout ByteReader) throws {
    guard reader.remaining >= 4 else { throw StatisticsError.Problem.entryCount(0) }
    let count = Int(try reader.integer(Int32.self))
    // The shortest entry: length, 1 byte, calls, count, 1 value.
    guard 1...max(1, reader.remaining / (4 + 1 + 4 + 4 + 4)) ~= count else {
      throw StatisticsError.Problem.entryCount(count)
    }
    for number in 1...count {
      let (name, place) = try entry(number, from: &reader)
      guard places.updateValue(place, forKey: name) == nil else {
        throw StatisticsError.Problem.duplicateEntry(name)
      }
    }
  }

  private func entry(
    _ number: Int, from reader: inout ByteReader
  ) throws -> (name: String, Place) {
    func integer() throws -> Int {
      guard reader.remaining >= 4 else { throw StatisticsError.Problem.endsEarly(entry: number) }
      return Int(try reader.integer(Int32.self))
    }
    let length = try integer()
    guard length > 0, length <= reader.remaining else {
      throw StatisticsError.Problem.nameLength(entry: number, length)
    }
    guard let name = String(validating: try reader.bytes(length), as: UTF8.self) else {
      throw StatisticsError.Problem.nameNotText(entry: number)
    }
    let calls = try integer()
    guard calls >= 0 else { throw StatisticsError.Problem.callCount(entry: name, calls) }
    let count = try integer()
    guard count > 0, count <= reader.remaining / 4 else {
      throw StatisticsError.Problem.valueCount(entry: name, count)
    }
    let place = Place(offset: reader.position, count: count, calls: calls)
    var check = SumsOfSquaresCheck(of: name)
    try check.check(count: count) { try file.read(at: place.offset + $0.lowerBound, into: $1) }
    try reader.skip(4 * count)
    return (name, place)
  }

  private mutating func readTrailer(from reader: inout ByteReader) throws {
    guard reader.remaining > 0 else { return }
    guard reader.remaining >= 4 else { throw StatisticsError.Problem.endsEarly(entry: nil) }
    let chunks = Int(try reader.integer(Int32.self))
    if chunks > 0 { chunkCount = chunks }
    guard reader.remaining > 0 else { return }
    guard reader.remaining >= 4 else { throw StatisticsError.Problem.endsEarly(entry: nil) }
    let length = Int(try reader.integer(Int32.self))
    guard length >= 0, length <= reader.remaining else {
      throw StatisticsError.Problem.datasetLength(length)
    }
    if length > 0 { datasets = [String(decoding: try reader.bytes(length), as: UTF8.self)] }
    guard reader.remaining == 0 else {
      throw StatisticsError.Problem.trailingBytes(reader.remaining)
    }
  }
}
