import GGUF
import Measurement
import Planning
import Statistics

extension PlanReport {
  /// Where the plan departs from its skeleton, and why.
  func movesTable(_ columns: Int?) -> String {
    guard let skeleton else { return "" }
    guard !plan.moves.isEmpty else {
      return "every tensor has the type that \(skeleton) gives it\n"
    }
    var table = TextTable([
      .left("moved from \(skeleton)"), .left("from"), .left("to"), .right("steps"), .left("why"),
    ])
    for move in plan.moves {
      table.add([
        .left(move.tensor), .left(move.from.name), .left(move.to.name),
        .right(move.steps > 0 ? "+\(move.steps)" : "\(move.steps)"), .left(reason(of: move)),
      ])
    }
    let up = plan.moves.filter { $0.steps > 0 }.count
    let down = plan.moves.filter { $0.steps < 0 }.count
    return table.text(columns: columns)
      + "\(up) tensors up, \(down) down, \(unmoved) where they were\n"
  }

  /// Why a move pays.
  func reason(of move: Move) -> String {
    let price = plan.pools.map(\.marginalGain).max() ?? 0
    return move.sentence(unit: plan.unit.rawValue, price: price)
  }

  private var unmoved: Int {
    plan.entries.filter { entry in
      if case .kept = entry.reason {
        false
      } else {
        !plan.moves.contains { $0.tensor == entry.name }
      }
    }.count
  }
}
