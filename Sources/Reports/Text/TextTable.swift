import GGUF

/// A table in plain text: columns as wide as their widest cell, numbers to the right.
struct TextTable {
  private let header: [Cell]
  private var rows: [[Cell]] = []

  /// What stands in a row and a column. Its text may come from a file: it is escaped.
  enum Cell {
    case left(String)
    case right(String)

    var text: String {
      switch self {
      case .left(let text), .right(let text): text.escaped
      }
    }

    /// The text with the spaces that make it so many columns wide.
    fileprivate func padded(to width: Int) -> String {
      let text = text
      let space = String(repeating: " ", count: max(0, width - text.columns))
      return switch self {
      case .left: text + space
      case .right: space + text
      }
    }
  }

  init(_ header: [Cell]) { self.header = header }

  mutating func add(_ row: [Cell]) { rows.append(row) }
}

extension TextTable {
  /// The lines, each with its line break, cells two spaces apart and no space at their ends.
  ///
  /// A table that is wider than the terminal has its last column wrapped, where that is text and there is
  /// room. Otherwise its columns stand in groups under each other, each beside the first column. Where that is too
  /// wide for them, each cell has a line of its own.
  ///
  /// - Parameter limit: the columns of the terminal, if there is one.
  func text(columns limit: Int?) -> String {
    let widths = widthsOfColumns
    guard let limit, Self.width(of: widths[...]) > limit else {
      return lines(of: Array(widths.indices), widths)
    }
    if let room = roomForLast(widths, limit) { return wrapped(widths, room: room) }
    guard Self.width(of: [widths[0], widths.dropFirst().max() ?? 0]) <= limit else {
      return list(limit)
    }
    return groups(widths, limit).map { lines(of: [0] + $0, widths) }.joined(separator: "\n")
  }

  /// What stands between columns.
  private static let gap = "  "
  /// The least columns that a text is wrapped in beside others.
  private static let narrowest = 16

  private var all: [[Cell]] { [header] + rows }

  private var widthsOfColumns: [Int] {
    header.indices.map { column in
      all.map { $0.count > column ? $0[column].text.columns : 0 }.max() ?? 0
    }
  }

  private static func width(of columns: ArraySlice<Int>) -> Int {
    columns.reduce(0, +) + gap.count * max(0, columns.count - 1)
  }

  /// These columns of all rows.
  private func lines(of columns: [Int], _ widths: [Int]) -> String {
    all.map { row in
      let cells = columns.filter { $0 < row.count }.map { row[$0].padded(to: widths[$0]) }
      return cells.joined(separator: Self.gap).trimmedAtEnd + "\n"
    }.joined()
  }

  /// The columns behind the first, in groups that fit beside it.
  private func groups(_ widths: [Int], _ limit: Int) -> [[Int]] {
    var groups: [[Int]] = []
    for column in widths.indices.dropFirst() {
      let group = (groups.last ?? []) + [column]
      if !groups.isEmpty, Self.width(of: ([0] + group).map { widths[$0] }[...]) <= limit {
        groups[groups.count - 1] = group
      } else {
        groups.append([column])
      }
    }
    return groups
  }

  /// The columns that are left for the last column; nil where it holds numbers, or they are too few.
  private func roomForLast(_ widths: [Int], _ limit: Int) -> Int? {
    guard widths.count > 1, case .left? = header.last else { return nil }
    let room = limit - Self.width(of: widths.dropLast()) - Self.gap.count
    return room >= Self.narrowest ? room : nil
  }

  private func wrapped(_ widths: [Int], room: Int) -> String {
    let before = Array(widths.indices.dropLast())
    let indentation = String(
      repeating: " ", count: Self.width(of: widths.dropLast()) + Self.gap.count)
    return all.map { row in
      let cells = before.filter { $0 < row.count }.map { row[$0].padded(to: widths[$0]) }
      let parts = row.count < widths.count ? [""] : row[row.count - 1].text.wrapped(to: room)
      let first = (cells + [parts[0]]).joined(separator: Self.gap).trimmedAtEnd + "\n"
      return first + parts.dropFirst().map { indentation + $0 + "\n" }.joined()
    }.joined()
  }

  /// Every row as the text of its first column, and under it a line for each other column, named where there are
  /// several.
  private func list(_ limit: Int) -> String {
    let isNamed = header.count > 2
    return (isNamed ? rows : all).map { row in
      let lines = zip(header, row).dropFirst().map { name, cell in
        let line = [isNamed ? name.text : "", cell.text].filter { !$0.isEmpty }
        return line.joined(separator: Self.gap).wrapped(to: max(1, limit - Self.gap.count))
          .map { Self.gap + $0 + "\n" }
      }
      let first = row.first?.text.wrapped(to: limit).map { $0 + "\n" } ?? []
      return (first + lines.joined()).joined()
    }.joined()
  }
}
