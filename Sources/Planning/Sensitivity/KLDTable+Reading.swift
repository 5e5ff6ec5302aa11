import Foundation

extension KLDTable {
  /// Reads `kld_results.csv`.
  ///
  /// The header is `QTYPE` and the tensors' names; a row is a type's name and a KLD for each tensor.
  /// `404` and an empty cell say that there is no measurement. Columns `group0`, `group1`, … belong to
  /// no tensor and are passed over. Cells may be quoted, lines may end in any way, and a byte order
  /// mark may stand first.
  package init(parsing text: some StringProtocol) throws(KLDTableError) {
    let lines = text.drop { $0 == "\u{FEFF}" }
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
      .map { (number: $0.offset + 1, cells: Self.cells(of: $0.element)) }
      .filter { $0.cells != [""] }

    guard let header = lines.first else { throw KLDTableError(line: 1, problem: .empty) }
    let tensors = try Self.tensors(of: header.cells, line: header.number)
    guard lines.count > 1 else { throw KLDTableError(line: header.number, problem: .noRows) }

    var rows: [KLDRow] = []
    for line in lines.dropFirst() {
      let row = try Self.row(line.cells, tensors: tensors, line: line.number)
      guard !rows.contains(where: { $0.typeName == row.typeName }) else {
        throw KLDTableError(line: line.number, column: 1, problem: .duplicate(row.typeName))
      }
      rows.append(row)
    }
    self.init(rows: rows)
  }

  /// The tensor of each cell after the first, nil where the column is a group's.
  private static func tensors(
    of header: [String], line: Int
  ) throws(KLDTableError) -> [String?] {
    guard header[0].uppercased() == "QTYPE" else {
      throw KLDTableError(line: line, column: 1, problem: .notAHeader(header[0]))
    }
    var seen: Set<String> = []
    var tensors: [String?] = []
    for (column, name) in header.enumerated().dropFirst() {
      guard seen.insert(name).inserted else {
        throw KLDTableError(line: line, column: column + 1, problem: .duplicate(name))
      }
      tensors.append(isGroup(name) ? nil : name)
    }
    guard tensors.contains(where: { $0 != nil }) else {
      throw KLDTableError(line: line, problem: .noTensors)
    }
    return tensors
  }

  private static func row(
    _ cells: [String], tensors: [String?], line: Int
  ) throws(KLDTableError) -> KLDRow {
    guard cells.count == tensors.count + 1 else {
      throw KLDTableError(
        line: line, problem: .cellCount(cells.count, expected: tensors.count + 1))
    }
    var values: [String: Double] = [:]
    for (column, (tensor, cell)) in zip(tensors, cells.dropFirst()).enumerated() {
      guard let tensor, !isMissing(cell) else { continue }
      guard let value = Double(cell), value.isFinite, value >= 0 else {
        throw KLDTableError(line: line, column: column + 2, problem: .notAKLD(cell, of: tensor))
      }
      values[tensor] = value
    }
    return KLDRow(typeName: cells[0], values: values)
  }

  private static func cells(of line: some StringProtocol) -> [String] {
    line.split(separator: ",", omittingEmptySubsequences: false).map { cell in
      let bare = cell.trimmingCharacters(in: .whitespaces)
      let isQuoted = bare.count > 1 && bare.first == "\"" && bare.last == "\""
      return isQuoted ? String(bare.dropFirst().dropLast()) : bare
    }
  }

  private static func isGroup(_ name: String) -> Bool {
    name.hasPrefix("group") && Int(name.dropFirst(5)) != nil
  }

  /// Whether the suite found no result for a cell.
  private static func isMissing(_ cell: String) -> Bool { cell.isEmpty || cell == "404" }
}
