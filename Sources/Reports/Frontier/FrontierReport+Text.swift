import GGUF
import Planning

extension FrontierReport {
  /// How many breakpoints the table has at most.
  private static let mostLines = 40

  /// The frontier at round numbers of bits per weight, and the known mixes against it.
  package func text(columns: Int?) -> String {
    breakpointTable(columns) + (comparable.isEmpty ? "" : "\n" + referenceTable(columns))
  }

  private func breakpointTable(_ columns: Int?) -> String {
    let shown = shownBreakpoints
    // Where every row was measured there is no sampling error to show.
    let isSampled = shown.contains { $0.variance > 0 }
    var table = TextTable(
      [.right("bpw"), .right("size"), .right(unit.label)] + (isSampled ? [.right("±")] : [])
        + [.right("saved per MiB")] + (hasSpeeds ? [.right("tokens/s")] : []))
    for breakpoint in shown {
      let error = Figures.short(breakpoint.variance.squareRoot())
      table.add(
        [
          .right(Figures.bits(bitsPerWeight(breakpoint.bytes))),
          .right(Figures.size(breakpoint.bytes)), .right(Figures.short(breakpoint.loss)),
        ] + (isSampled ? [.right(error)] : [])
          + [.right(breakpoint.step.map { Figures.short(0x1p20 * $0.price) } ?? "")]
          + (hasSpeeds ? [.right(tokensPerSecond(breakpoint).map(Figures.rate) ?? "")] : []))
    }
    return """
      \(model.escaped): \(unit.label) against size, in \(unit.suffix)

      \(table.text(columns: columns))
      \(shown.count) of \(frontier.breakpoints.count) breakpoints; CSV and JSON have all.

      """
  }

  /// The first and the last, and between them the last before each round number.
  private var shownBreakpoints: [Frontier.Breakpoint] {
    let breakpoints = frontier.breakpoints
    guard breakpoints.count > Self.mostLines else { return breakpoints }
    let bits = breakpoints.map { bitsPerWeight($0.bytes) }
    let round = Ticks.linear(in: bits[0]...bits[bits.count - 1], atMost: Self.mostLines - 2)
    let last = breakpoints.count - 1
    let chosen = round.compactMap { tick in bits.lastIndex { $0 <= tick } }
    return Set([0] + chosen + [last]).sorted().map { breakpoints[$0] }
  }

  private var comparable: [(reference: Reference, frontier: Double)] {
    references.compactMap { reference in frontierLoss(at: reference).map { (reference, $0) } }
  }

  private func referenceTable(_ columns: Int?) -> String {
    var table = TextTable([
      .left("known mix"), .left("kind"), .right("bpw"), .right(unit.label),
      .right("the frontier at that size"), .right("against it"),
    ])
    for (reference, frontier) in comparable {
      table.add([
        .left(reference.name), .left(reference.kind.rawValue),
        .right(Figures.bits(bitsPerWeight(reference.bytes))),
        .right(Figures.short(reference.loss)), .right(Figures.short(frontier)),
        .right(frontier > 0 ? Figures.short(reference.loss / frontier) + " ×" : ""),
      ])
    }
    return table.text(columns: columns)
  }
}
