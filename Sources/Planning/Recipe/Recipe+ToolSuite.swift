import GGUF

extension Recipe {
  /// The rules in the order of the sections of the GGUF Tool Suite. The meaning stays the same
  /// where no tensor is matched by two rules.
  var inSections: Recipe {
    let keys = rules.map { ToolSuiteSection.place(of: $0.pattern) }
    let order = rules.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
    return Recipe(rules: order.map { rules[$0] }, provenance: provenance)
  }

  /// The recipe as a `.recipe` file of the GGUF Tool Suite. The rules keep their order: each run of
  /// rules of one section has its heading, with the bits of their types.
  var toolSuite: String {
    var lines = ["## Quant mix recipe created using Ration"]
    if let model = provenance["model"] { lines.append("# Model name: \(model)") }
    lines += provenance.lines
    var group: String?
    var rest = rules[...]
    while let first = rest.first {
      let place = ToolSuiteSection.place(of: first.pattern)
      let run = rest.prefix { ToolSuiteSection.place(of: $0.pattern) == place }
      rest = rest.dropFirst(run.count)
      let section = ToolSuiteSection.all[place]
      lines.append("")
      if let heading = section.group, heading != group { lines.append("## \(heading)") }
      group = section.group
      let mark = group == nil ? "##" : "#"
      lines.append("\(mark) \(section.title) — qbits: \(Self.bits(of: run))")
      lines += run.map(\.description)
    }
    lines += ["", "## THE END!"]
    return lines.map { $0 + "\n" }.joined()
  }

  /// The first number in the name of each type, from the largest: `8 5 4`.
  private static func bits(of rules: ArraySlice<TypeRule>) -> String {
    let bits = rules.compactMap { rule in
      Int(rule.type.name.drop { !$0.isNumber }.prefix(while: \.isNumber))
    }
    return Set(bits).sorted(by: >).map(String.init).joined(separator: " ")
  }
}
