import GGUF

/// Reads comma-separated values as RFC 4180 describes them: records that end in a line break, cells that
/// may be quoted, quoted cells that may hold commas, line breaks and, doubled, quotes.
///
/// Beyond the RFC lines may end in `\n`, `\r\n` or `\r`, a byte order mark may stand first, and blanks
/// around a cell, outside its quotes, are not part of it. A line of blanks alone is no record.
struct CSVReader {
  /// A record.
  struct Record: Equatable {
    /// The line that it begins in, counted from 1.
    let line: Int
    /// One at least.
    let cells: [String]
  }

  /// Why a text is not of this form.
  struct Fault: ClassifiedError, Equatable {
    /// The line and, in its record, the cell; both counted from 1.
    let line: Int
    let column: Int
    let problem: Problem

    var kind: ErrorKind { .badInput }
    var description: String { "line \(line), cell \(column): \(problem)" }

    enum Problem: Equatable {
      /// A quoted cell has no end.
      case unclosedQuote
      /// A quote stands within a cell that does not begin with one, or something follows the quote
      /// that ends a cell.
      case strayQuote
    }
  }

  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let blanks: Set = [UInt8(ascii: " "), UInt8(ascii: "\t")]
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The records of a text, in order.
  static func records(of text: some StringProtocol) throws(Fault) -> [Record] {
    var reader = CSVReader(bytes: Array(text.utf8))
    if reader.bytes.starts(with: byteOrderMark) { reader.position = byteOrderMark.count }
    var records: [Record] = []
    while reader.position < reader.bytes.count {
      let record = try reader.record()
      if record.cells != [""] { records.append(record) }
    }
    return records
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func record() throws(Fault) -> Record {
    let start = line
    var cells = [try cell(1)]
    while peek == Self.comma {
      position += 1
      cells.append(try cell(cells.count + 1))
    }
    skipLineBreak()
    return Record(line: start, cells: cells)
  }

  /// A cell, up to the comma or line break that ends it, or the end of the text.
  private mutating func cell(_ column: Int) throws(Fault) -> String {
    skipBlanks()
    if peek == Self.quote { return try quotedCell(column) }
    let start = position
    while let byte = peek, byte != Self.comma, !Self.isLineBreak(byte) {
      guard byte != Self.quote else {
        throw Fault(line: line, column: column, problem: .strayQuote)
      }
      position += 1
    }
    var end = position
    while end > start, Self.blanks.contains(bytes[end - 1]) { end -= 1 }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  private mutating func quotedCell(_ column: Int) throws(Fault) -> String {
    let start = line
    var text: [UInt8] = []
    position += 1
    while let byte = peek {
      if byte == Self.quote {
        position += 1
        guard peek == Self.quote else {
          skipBlanks()
          guard peek.map({ $0 == Self.comma || Self.isLineBreak($0) }) ?? true else {
            throw Fault(line: line, column: column, problem: .strayQuote)
          }
          return String(decoding: text, as: UTF8.self)
        }
      }
      if Self.isLineBreak(byte) {
        let first = position
        skipLineBreak()
        text += bytes[first..<position]
      } else {
        text.append(byte)
        position += 1
      }
    }
    throw Fault(line: start, column: column, problem: .unclosedQuote)
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipBlanks() {
    while let byte = peek, Self.blanks.contains(byte) { position += 1 }
  }

  /// Moves past the line break at the cursor, where there is one.
  private mutating func skipLineBreak() {
    guard let byte = peek, Self.isLineBreak(byte) else { return }
    position += 1
    if byte == UInt8(ascii: "\r"), peek == UInt8(ascii: "\n") { position += 1 }
    line += 1
  }

  private static func isLineBreak(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }
}
