import GGUF
import Measurement
package import Planning

/// A plan with the figures of its model, to be shown.
package struct PlanReport: Sendable {
  package let plan: Plan
  /// The exact bytes of the file that the plan will become.
  package let fileBytes: Int
  /// 8 × bytes of all tensors ÷ weights of all tensors.
  package let bitsPerWeight: Double
  /// Weights in all tensors.
  package let elements: Int

  package init(plan: Plan, fileBytes: Int, bitsPerWeight: Double, elements: Int) {
    self.plan = plan
    self.fileBytes = fileBytes
    self.bitsPerWeight = bitsPerWeight
    self.elements = elements
  }

  /// The plan in words and figures.
  package var text: String { summary + "\n" + baselineTable + "\n" + typeTable }

  /// What a user wants to know first.
  private var summary: String {
    let bound =
      plan.isOptimal ? "proven optimal" : "within \(Figures.short(100 * plan.gap)) % of it"
    let error = plan.standardError > 0 ? " ± \(Figures.short(plan.standardError))" : ""
    return """
      \(Figures.bits(bitsPerWeight)) bits per weight, \(Figures.bytes(fileBytes))
      \(plan.unit.label) \(Figures.short(plan.loss))\(error) \(plan.unit.suffix)
      lower bound \(Figures.short(plan.lowerBound)): \(bound)

      """
  }

  /// What single types would give.
  private var baselineTable: String {
    guard !plan.baselines.isEmpty else { return "" }
    var table = TextTable([
      .left("one type everywhere"), .right("bpw"), .right(plan.unit.label),
      .right("against the plan"),
    ])
    for baseline in plan.baselines {
      let bits = 8 * Double(baseline.bytes - countedOverhead) / Double(elements)
      let ratio = plan.loss > 0 ? Figures.short(baseline.loss / plan.loss) + " ×" : ""
      table.add([
        .left(baseline.type.name), .right(Figures.bits(bits)), .right(Figures.short(baseline.loss)),
        .right(ratio),
      ])
    }
    return table.text
  }

  /// How many tensors and bytes each type has.
  private var typeTable: String {
    var counts: [TensorType: (tensors: Int, bytes: Int, loss: Double)] = [:]
    for entry in plan.entries {
      let old = counts[entry.type] ?? (0, 0, 0)
      counts[entry.type] = (old.tensors + 1, old.bytes + entry.bytes, old.loss + entry.loss)
    }
    var table = TextTable([
      .left("type"), .right("tensors"), .right("bytes"), .right(plan.unit.label),
    ])
    for (type, count) in counts.sorted(by: { $0.value.bytes > $1.value.bytes }) {
      table.add([
        .left(type.name), .right("\(count.tensors)"), .right(Figures.size(count.bytes)),
        .right(Figures.short(count.loss)),
      ])
    }
    return table.text
  }

  /// Bytes that the budget counts beside tensors.
  private var countedOverhead: Int {
    plan.bytes - plan.entries.reduce(0) { $0 + $1.bytes }
  }
}

extension LossUnit {
  /// What a loss is called before its figure.
  var label: String {
    switch self {
    case .nats: "predicted KLD"
    case .weightedSquaredError: "predicted error"
    }
  }

  /// The unit after its figure.
  var suffix: String {
    switch self {
    case .nats: "nats per token"
    case .weightedSquaredError: "(weighted squared error per token)"
    }
  }
}
