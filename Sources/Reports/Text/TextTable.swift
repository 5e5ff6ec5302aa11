/// A table in plain text: columns as wide as their widest cell, numbers to the right.
struct TextTable {
  private let header: [Cell]
  private var rows: [[Cell]] = []

  enum Cell {
    case left(String)
    case right(String)

    var text: String {
      switch self {
      case .left(let text), .right(let text): text
      }
    }
  }

  init(_ header: [Cell]) { self.header = header }

  mutating func add(_ row: [Cell]) { rows.append(row) }

  /// The lines, each with its line break, cells two spaces apart and no space at their ends.
  var text: String {
    let all = [header] + rows
    let widths = header.indices.map { column in
      all.map { $0.count > column ? $0[column].text.columns : 0 }.max() ?? 0
    }
    return all.map { row in
      let cells = zip(row, widths).map { cell, width in
        let space = String(repeating: " ", count: width - cell.text.columns)
        return switch cell {
        case .left(let text): text + space
        case .right(let text): space + text
        }
      }
      let line = cells.joined(separator: "  ")
      return line.trimmedAtEnd + "\n"
    }.joined()
  }
}

extension String {
  var trimmedAtEnd: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
