extension KLDTable {
  /// Reads `kld_results.csv`.
  ///
  /// The header is `QTYPE` and the tensors' names; a row is a type's name and a KLD for each tensor.
  /// `404` and an empty cell say that there is no measurement. Columns `group0`, `group1`, … belong to
  /// no tensor and are passed over. `CSVReader` says how cells and lines are told apart.
  package init(parsing text: some StringProtocol) throws(KLDTableError) {
    let records = try Self.records(of: text)
    guard let header = records.first else { throw KLDTableError(line: 1, problem: .empty) }
    let tensors = try Self.tensors(of: header.cells, line: header.line)
    guard records.count > 1 else { throw KLDTableError(line: header.line, problem: .noRows) }

    var rows: [KLDRow] = []
    for record in records.dropFirst() {
      let row = try Self.row(record.cells, tensors: tensors, line: record.line)
      guard !rows.contains(where: { $0.typeName == row.typeName }) else {
        throw KLDTableError(line: record.line, column: 1, problem: .duplicate(row.typeName))
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

  private static func records(
    of text: some StringProtocol
  ) throws(KLDTableError) -> [CSVReader.Record] {
    do throws(CSVReader.Fault) {
      return try CSVReader.records(of: text)
    } catch {
      switch error.problem {
      case .unclosedQuote:
        throw KLDTableError(line: error.line, column: error.column, problem: .unclosedQuote)
      case .strayQuote:
        throw KLDTableError(line: error.line, column: error.column, problem: .strayQuote)
      }
    }
  }

  private static func isGroup(_ name: String) -> Bool {
    name.hasPrefix("group") && Int(name.dropFirst(5)) != nil
  }

  /// Whether the suite found no result for a cell.
  private static func isMissing(_ cell: String) -> Bool { cell.isEmpty || cell == "404" }
}
