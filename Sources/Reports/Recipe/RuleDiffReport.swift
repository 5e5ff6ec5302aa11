package import GGUF
package import Planning

/// How the rules of two recipes differ, to be shown.
package struct RuleDiffReport: RecordReport {
  package static let schema = Schema.ruleDiff

  /// A rule in the order of both recipes.
  package struct Line: Sendable, Equatable {
    package let rule: TypeRule
    /// Whether both recipes have it there, or only one.
    package let side: Side
  }

  /// The recipes that have a rule.
  package enum Side: String, Sendable {
    case both, a, b
  }

  /// The rules of both recipes, those that stand in the same order in both but once.
  package let lines: [Line]

  /// The difference of two lists of rules, as short as can be.
  package init(_ a: [TypeRule], _ b: [TypeRule]) {
    let difference = b.difference(from: a)
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var lines: [Line] = []
    var (i, j) = (0, 0)
    while i < a.count || j < b.count {
      if removed.contains(i) {
        lines.append(Line(rule: a[i], side: .a))
        i += 1
      } else if inserted.contains(j) {
        lines.append(Line(rule: b[j], side: .b))
        j += 1
      } else {
        lines.append(Line(rule: a[i], side: .both))
        (i, j) = (i + 1, j + 1)
      }
    }
    self.lines = lines
  }

  /// The rules that differ: `-` before those of the first recipe, `+` before those of the second.
  package func text(columns: Int?) -> String {
    let changed = lines.filter { $0.side != .both }
    if changed.isEmpty { return "the recipes have the same rules\n" }
    return changed.map { "\($0.side == .a ? "-" : "+") \($0.rule)\n" }.joined()
  }

  /// A record per rule that differs, for programs.
  package var document: any Encodable { Records(records: records) }

  /// The same records as comma-separated values with a header line.
  package var csv: String {
    let lines = records.map { CSV.line([$0.side, $0.pattern, $0.type]) }
    return CSV.line(["side", "pattern", "type"]) + lines.joined()
  }

  private struct Record: Encodable {
    let side: String
    let pattern: String
    let type: String
  }

  private var records: [Record] {
    lines.filter { $0.side != .both }.map {
      Record(
        side: $0.side.rawValue, pattern: $0.rule.pattern.text, type: $0.rule.type.name)
    }
  }
}
