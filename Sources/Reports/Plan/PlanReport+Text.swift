import GGUF
import Measurement
import Planning
import Statistics

extension PlanReport {
  /// The plan in words and figures.
  package func text(columns: Int?) -> String {
    let sections = [
      summary, trialTable(columns), memoryTable(columns), speed, movesTable(columns),
      pricesTable(columns),
      baselineTable(columns), typeTable(columns),
    ]
    return sections.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// The bits that tensors get which could have had others.
  package var heatMap: HeatMap? {
    HeatMap.bits(
      plan.entries.compactMap { entry in
        if case .kept = entry.reason { return nil }
        return (entry.name, entry.type.nominalBitsPerWeight)
      })
  }

  /// What a user wants to know first.
  private var summary: String {
    let bound =
      plan.isOptimal ? "proven optimal" : "within \(Figures.short(100 * plan.gap)) % of it"
    let error = plan.standardError > 0 ? " ± \(Figures.short(plan.standardError))" : ""
    return """
      \(Figures.bits(bitsPerWeight)) bits per weight, \(Figures.bytes(fileBytes))
      \(plan.unit.label) \(Figures.short(plan.loss))\(error) \(plan.unit.suffix), from \(knowledge)
      lower bound \(Figures.short(plan.lowerBound)): \(bound)
      \(validation)
      """
  }

  /// What the plan really loses.
  private var validation: String {
    guard let evaluation else { return "" }
    let predicted = plan.unit == .nats ? plan.loss : nil
    return [evaluation.actualLine(predicted: predicted), evaluation.draftLine]
      .compactMap { $0.map { $0 + "\n" } }.joined()
  }

  /// The plans of which this is the best.
  private func trialTable(_ columns: Int?) -> String {
    guard !trials.isEmpty else { return "" }
    var table = TextTable([
      .left("plans that were run"), .right(plan.unit.label), .right("actual KLD"), .left(""),
    ])
    for trial in trials {
      table.add([
        .left(trial.variation ?? "least \(plan.unit.label)"),
        .right(Figures.short(trial.predicted)),
        .right(trial.kld.figure), .left(trial.isChosen ? "chosen" : ""),
      ])
    }
    return table.text(columns: columns)
  }

  /// What each constraint costs.
  private func pricesTable(_ columns: Int?) -> String {
    guard !plan.prices.isEmpty else { return "" }
    var table = TextTable([.left("constraint"), .right("costs in \(plan.unit.label)")])
    for price in plan.prices {
      let share = plan.loss > 0 ? " (\(Figures.short(100 * price.loss / plan.loss)) %)" : ""
      table.add([.left(price.constraint), .right(Figures.short(price.loss) + share)])
    }
    return table.text(columns: columns)
  }

  /// What simpler choices of about the same size would give.
  private func baselineTable(_ columns: Int?) -> String {
    guard !plan.baselines.isEmpty else { return "" }
    let near = plan.baselines.filter { $0.isNear(plan.bytes) }
    var table = TextTable([
      .left("in its place"), .right("bpw"), .right(plan.unit.label), .right("against the plan"),
    ])
    for baseline in near {
      let ratio = plan.loss > 0 ? Figures.short(baseline.loss / plan.loss) + " ×" : ""
      table.add([
        .left(baseline.kind.name), .right(Figures.bits(bitsPerWeight(ofBytes: baseline.bytes))),
        .right(Figures.short(baseline.loss)), .right(ratio),
      ])
    }
    let others = plan.baselines.count - near.count
    return table.text(columns: columns)
      + (others > 0 ? "and \(others) of other sizes, which --json lists\n" : "")
  }

  /// How many tensors and bytes each type has.
  private func typeTable(_ columns: Int?) -> String {
    var counts: [TensorType: (tensors: Int, bytes: Int, loss: Double)] = [:]
    for entry in plan.entries {
      let old = counts[entry.type] ?? (0, 0, 0)
      counts[entry.type] = (old.tensors + 1, old.bytes + entry.bytes, old.loss + entry.loss)
    }
    var table = TextTable([
      .left("type"), .right("tensors"), .right("bytes"), .right(plan.unit.label),
    ])
    for (type, count) in counts.sorted(by: {
      ($1.value.bytes, $0.key.id) < ($0.value.bytes, $1.key.id)
    }) {
      table.add([
        .left(type.name), .right("\(count.tensors)"), .right(Figures.size(count.bytes)),
        .right(Figures.short(count.loss)),
      ])
    }
    return table.text(columns: columns)
  }
}

extension Baseline {
  /// Whether it takes about as many bytes as a plan: to within an eighth.
  fileprivate func isNear(_ plan: Int) -> Bool { 8 * abs(bytes - plan) <= plan }
}
