import GGUF

/// How a heat map is drawn.
package enum MapColours: Sendable {
  /// Signs alone.
  case none
  /// Signs on the 256 colours of xterm.
  case palette
}

extension HeatMap {
  /// The map in lines, each with its line break. Blocks that do not fit beside one another stand in groups under each
  /// other.
  ///
  /// - Parameter limit: the columns of the terminal, if there is one.
  package func text(columns limit: Int?, colours: MapColours) -> String {
    let rows = rowsInOrder
    let names = rows.map { $0.kind.escaped }
    let nameWidth = max("block".count, names.map(\.columns).max() ?? 0)
    // The last column stays free: some terminals begin a new line when it is written to.
    let room = limit.map { max(1, ($0 - 1 - nameWidth - Self.gap.count) / Self.cellWidth) }
    let blocks = Set(rows.filter { !$0.isOutside }.flatMap(\.cells.keys)).sorted()
    let lines = zip(rows, names).map { row, name in
      (row: row, name: name + String(repeating: " ", count: nameWidth - name.columns) + Self.gap)
    }
    let heading = limit.map { title.wrapped(to: max(1, $0 - 1)) } ?? [title]
    var text = heading.map { $0 + "\n" }.joined()
    for line in lines where line.row.isOutside {
      text += Self.line(line.name, [line.row.cells[0]], colours)
    }
    for group in blocks.groups(of: room ?? blocks.count) {
      text += Self.header(group, nameWidth)
      for line in lines
      where !line.row.isOutside && group.contains(where: { line.row.cells[$0] != nil }) {
        text += Self.line(line.name, group.map { line.row.cells[$0] }, colours)
      }
    }
    return text + legendText(limit, colours)
  }

  private static let gap = "  "
  /// A sign and the space behind it.
  private static let cellWidth = 2

  private static func line(_ name: String, _ cells: [Cell?], _ colours: MapColours) -> String {
    (name + cells.map { $0.map { drawn($0, colours) } ?? "  " }.joined()).trimmedAtEnd + "\n"
  }

  /// The numbers of blocks, of every fifth one and the first.
  private static func header(_ blocks: [Int], _ nameWidth: Int) -> String {
    var line = "block" + String(repeating: " ", count: nameWidth - "block".count) + gap
    let start = line.count
    for (index, block) in blocks.enumerated() where index == 0 || block.isMultiple(of: 5) {
      let place = start + index * cellWidth
      guard line.count <= place, line.count == start || line.count < place else { continue }
      line += String(repeating: " ", count: place - line.count) + "\(block)"
    }
    return line.trimmedAtEnd + "\n"
  }

  private func legendText(_ limit: Int?, _ colours: MapColours) -> String {
    var lines: [(text: String, columns: Int)] = []
    for (cells, meaning) in legend {
      let columns = Self.cellWidth * cells.count + meaning.columns
      let text = cells.map { Self.drawn($0, colours) }.joined() + meaning
      if let last = lines.last, limit.map({ last.columns + 3 + columns < $0 }) ?? true {
        lines[lines.count - 1] = (last.text + "   " + text, last.columns + 3 + columns)
      } else {
        lines.append((text, columns))
      }
    }
    return lines.map { $0.text + "\n" }.joined()
  }

  /// A sign and a space, on the colour of its shade.
  private static func drawn(_ cell: Cell, _ colours: MapColours) -> String {
    switch colours {
    case .none: return "\(cell.sign) "
    case .palette:
      let colour = Palette.colour(of: cell.shade)
      return "\u{1B}[48;5;\(colour.background);38;5;\(colour.sign)m\(cell.sign) \u{1B}[0m"
    }
  }
}

/// Colours of xterm from dark to light, whose order stays visible to people who see no red or no green.
private enum Palette {
  private static let backgrounds = [17, 18, 54, 60, 66, 72, 108, 144, 185, 228]
  private static let black = 16
  private static let white = 231

  static func colour(of shade: Double) -> (background: Int, sign: Int) {
    let step = Int((max(0, min(1, shade)) * Double(backgrounds.count - 1)).rounded())
    return (backgrounds[step], step < 5 ? white : black)
  }
}

extension Array {
  /// The elements in parts of so many; one part at least has none where there are none.
  fileprivate func groups(of count: Int) -> [[Element]] {
    guard count > 0 else { return [] }
    return stride(from: 0, to: self.count, by: count).map {
      Array(self[$0..<Swift.min($0 + count, self.count)])
    }
  }
}
