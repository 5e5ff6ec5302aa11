/// A figure of each tensor, kinds of tensors down and blocks across.
package struct HeatMap: Sendable {
  /// What the cells show, in words.
  let title: String
  /// What cells mean, alone or several together, from the first shade to the last.
  let legend: [(cells: [Cell], meaning: String)]
  /// Rows in order, the tensors outside blocks first.
  private(set) var rows: [Row] = []

  /// A cell: a sign, and a shade for terminals with colours.
  struct Cell: Sendable, Equatable {
    /// One column wide.
    let sign: Character
    /// From 0 to 1.
    let shade: Double
  }

  /// A kind of tensor.
  struct Row: Sendable {
    let kind: String
    /// The cells by block. Where the kind is outside blocks, the only cell is that of block 0.
    var cells: [Int: Cell]
    let isOutside: Bool
  }

  /// A map without cells.
  init(title: String, legend: [(cells: [Cell], meaning: String)]) {
    self.title = title
    self.legend = legend
  }

  /// Adds the cell of a tensor.
  mutating func add(_ tensor: String, _ cell: Cell) {
    let place = TensorPlace(tensor)
    let block = place.block ?? 0
    let isOutside = place.block == nil
    if let index = rows.firstIndex(where: { $0.kind == place.kind && $0.isOutside == isOutside }) {
      rows[index].cells[block] = cell
    } else {
      rows.append(Row(kind: place.kind, cells: [block: cell], isOutside: isOutside))
    }
  }

  /// The rows as they are drawn.
  var rowsInOrder: [Row] {
    let ranks = rows.indices.sorted {
      (rows[$0].isOutside ? 0 : 1, TensorPlace.rank(of: rows[$0].kind), $0)
        < (rows[$1].isOutside ? 0 : 1, TensorPlace.rank(of: rows[$1].kind), $1)
    }
    return ranks.map { rows[$0] }
  }
}
