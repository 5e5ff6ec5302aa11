package import GGUF

/// Why a text is not a table of KLDs.
package struct KLDTableError: ClassifiedError, Equatable {
  /// The line, counted from 1.
  package let line: Int
  /// The cell within the line, counted from 1; nil where the line as a whole is wrong.
  package var column: Int? = nil
  /// What is wrong there.
  package let problem: Problem

  /// What can be wrong with a table.
  package enum Problem: Sendable, Equatable {
    /// Nothing stands in the text.
    case empty
    /// A quoted cell has no end.
    case unclosedQuote
    /// A quote stands within a cell.
    case strayQuote
    /// The first line does not begin with `QTYPE`, but with this.
    case notAHeader(String)
    /// No column belongs to a tensor: a table of whole models by type.
    case noTensors
    /// No row follows the header.
    case noRows
    /// This tensor or type has occurred before.
    case duplicate(String)
    /// The row has this many cells, the header another number.
    case cellCount(Int, expected: Int)
    /// The cell is not a number of nats, 0 or more.
    case notAKLD(String, of: String)
  }

  package var kind: ErrorKind { .badInput }
}

extension KLDTableError: CustomStringConvertible {
  package var description: String {
    let place = column.map { "line \(line), column \($0)" } ?? "line \(line)"
    return "\(place): \(problem)"
  }
}

extension KLDTableError.Problem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "the table is empty"
    case .unclosedQuote: "a quotation mark has no partner"
    case .strayQuote: "a quotation mark stands within a cell"
    case .notAHeader(let cell): "the header must begin with QTYPE, not with \(cell.quoted)"
    case .noTensors: "no column is a tensor's; this is not a table of single tensors"
    case .noRows: "no row follows the header"
    case .duplicate(let name): "\(name.quoted) occurs twice"
    case .cellCount(let count, let expected): "\(count) cells instead of \(expected)"
    case .notAKLD(let cell, let tensor): "\(cell.quoted) is not a KLD of \(tensor.escaped)"
    }
  }
}
