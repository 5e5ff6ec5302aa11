package import GGUF

/// How many bytes of each type a machine gets through in a second while it generates text: the size of a model of that
/// type times its tokens a second.
///
/// Read from what `llama-bench -o csv` prints about models of one type each (`docs/commands.md`, How fast). The
/// name of a model's file ends in its type, as `small-iq4_kss.gguf`. Lines about prompts are passed over.
package struct TypeSpeeds: Sendable, Equatable {
  private let bytesPerSecond: [TensorType: Double]

  /// Bytes a second of a type; nil where it was not measured.
  package subscript(type: TensorType) -> Double? { bytesPerSecond[type] }

  /// The least of all: what stands for a type that was not measured.
  package var slowest: Double { bytesPerSecond.values.min()! }

  /// The table that a text holds.
  package init(parsing text: some StringProtocol) throws(TypeSpeedsError) {
    let records: [CSVReader.Record]
    do {
      records = try CSVReader.records(of: text)
    } catch {
      throw TypeSpeedsError(line: error.line, problem: .quotes)
    }
    guard let header = records.first else { throw TypeSpeedsError(line: 1, problem: .empty) }
    let columns = try Columns(header)
    var speeds: [TensorType: Double] = [:]
    for record in records.dropFirst() {
      guard record.cells.count == header.cells.count else {
        throw TypeSpeedsError(
          line: record.line,
          problem: .cellCount(record.cells.count, expected: header.cells.count))
      }
      guard let (type, speed) = try columns.speed(in: record) else { continue }
      guard speeds.updateValue(speed, forKey: type) == nil else {
        throw TypeSpeedsError(line: record.line, problem: .duplicate(type))
      }
    }
    guard !speeds.isEmpty else { throw TypeSpeedsError(line: header.line, problem: .noRows) }
    bytesPerSecond = speeds
  }

  /// Where the header says that the cells are.
  private struct Columns {
    let file, size, prompt, generated, speed: Int

    init(_ header: CSVReader.Record) throws(TypeSpeedsError) {
      func place(_ name: String) throws(TypeSpeedsError) -> Int {
        guard let place = header.cells.firstIndex(of: name) else {
          throw TypeSpeedsError(line: header.line, problem: .noColumn(name))
        }
        return place
      }
      file = try place("model_filename")
      size = try place("model_size")
      prompt = try place("n_prompt")
      generated = try place("n_gen")
      speed = try place("avg_ts")
    }

    /// What a record says; nil where it is about a prompt.
    func speed(
      in record: CSVReader.Record
    ) throws(TypeSpeedsError) -> (type: TensorType, bytesPerSecond: Double)? {
      guard try number(generated, "n_gen", record) > 0, try number(prompt, "n_prompt", record) == 0
      else { return nil }
      let rate = try number(size, "model_size", record) * number(speed, "avg_ts", record)
      guard rate > 0, rate.isFinite else {
        throw TypeSpeedsError(
          line: record.line, problem: .notANumber(record.cells[speed], "avg_ts"))
      }
      let name = record.cells[file].fileName
      let stem = name.hasSuffix(".gguf") ? name.dropLast(5) : name[...]
      guard let ending = stem.split(whereSeparator: { "-.".contains($0) }).last,
        let type = TensorType.named(ending)
      else {
        throw TypeSpeedsError(line: record.line, problem: .noType(name))
      }
      return (type, rate)
    }

    private func number(
      _ place: Int, _ column: String, _ record: CSVReader.Record
    ) throws(TypeSpeedsError) -> Double {
      guard let number = Double(record.cells[place]), number >= 0, number.isFinite else {
        throw TypeSpeedsError(line: record.line, problem: .notANumber(record.cells[place], column))
      }
      return number
    }
  }
}

/// Why a text is not a table of speeds.
package struct TypeSpeedsError: ClassifiedError, Equatable {
  /// The line, counted from 1.
  package let line: Int
  /// What is wrong there.
  package let problem: Problem

  /// What can be wrong with a table.
  package enum Problem: Sendable, Equatable {
    /// Nothing stands in the text.
    case empty
    /// Quotes do not match.
    case quotes
    /// The header lacks a column.
    case noColumn(String)
    /// No line is about generating text.
    case noRows
    /// The row has this many cells, the header another number.
    case cellCount(Int, expected: Int)
    /// A cell of a column is not a number that can be.
    case notANumber(String, String)
    /// The name of a file does not end in a type.
    case noType(String)
    /// A type has been measured twice.
    case duplicate(TensorType)
  }

  package var kind: ErrorKind { .badInput }
}

extension TypeSpeedsError: CustomStringConvertible {
  package var description: String {
    let problem =
      switch problem {
      case .empty: "the table is empty"
      case .quotes: "the quotation marks do not match"
      case .noColumn(let name): "no column \(name), as llama-bench -o csv prints it"
      case .noRows: "no line says how fast text is generated"
      case .cellCount(let count, let expected): "\(count) cells instead of \(expected)"
      case .notANumber(let cell, let column): "\(cell.quoted) is not a number for \(column)"
      case .noType(let name): "\(name.quoted) does not end in a type, as small-iq4_kss.gguf does"
      case .duplicate(let type): "\(type) occurs twice"
      }
    return "line \(line): \(problem)"
  }
}
