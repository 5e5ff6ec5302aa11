/// The man page of a command, in the `man` macros of roff (man 7 groff_man).
struct ManualPage {
  let fileName: String
  private(set) var text: String

  init(of command: HelpDump.Command, version: String) {
    let title = command.words.joined(separator: "-")
    fileName = "\(title).1"
    text = ".TH \(title.uppercased().roff) 1 \"\" \"ration \(version.roff)\" \"Ration\"\n"
    section("Name", "\(title.roff) \\- \((command.abstract ?? "").sentence.roff)\n")
    section(
      "Synopsis", ".B \(command.words.joined(separator: " ").roff)\n\(Self.synopsis(command))")
    section("Description", Self.paragraphs(command.discussion ?? ""))
    let shown = (command.arguments ?? []).filter(\.shouldDisplay)
    section("Arguments", Self.entries(shown.filter { $0.kind == .positional }))
    let options = shown.filter { $0.kind != .positional }
    var titles: [String] = []
    for case let title? in options.map(\.sectionTitle) where !titles.contains(title) {
      titles.append(title)
    }
    for title in titles {
      section(title, Self.entries(options.filter { $0.sectionTitle == title }))
    }
    section("Options", Self.entries(options.filter { $0.sectionTitle == nil }))
    section("Commands", command.children.map(Self.entry).joined())
    section("See also", Self.seeAlso(command))
  }

  private mutating func section(_ title: String, _ body: String) {
    if !body.isEmpty { text += ".SH \(title.uppercased())\n\(body)" }
  }

  private static func synopsis(_ command: HelpDump.Command) -> String {
    guard command.children.isEmpty else { return ".I subcommand\n" }
    let positions = (command.arguments ?? []).filter { $0.kind == .positional && $0.shouldDisplay }
    let names = positions.map { position in
      let name = "<\(position.valueName ?? "value")>"
      return position.isOptional ? "[\(name)]" : name
    }
    return "\((["[options]"] + names).joined(separator: " ").roff)\n"
  }

  private static func entries(_ arguments: [HelpDump.Argument]) -> String {
    arguments.map { argument in
      let values = argument.allValues.map { ["values: " + $0.joined(separator: ", ")] } ?? []
      let usual = argument.defaultValue.map { ["default: " + $0] } ?? []
      let remarks = (values + usual).joined(separator: "; ")
      let summary = [argument.abstract ?? "", remarks.isEmpty ? "" : "(\(remarks))"]
      let text = [summary.filter { !$0.isEmpty }.joined(separator: " "), argument.discussion ?? ""]
      let lines = text.filter { !$0.isEmpty }.map(\.roff).joined(separator: "\n.br\n")
      return ".TP\n.B \(argument.label.roff)\n\(lines)\n"
    }.joined()
  }

  private static func entry(_ command: HelpDump.Command) -> String {
    let page = command.words.joined(separator: "-")
    return ".TP\n.BR \(page.roff) (1)\n\((command.abstract ?? "").roff)\n"
  }

  /// Paragraphs; lines that are indented stand as they are.
  private static func paragraphs(_ discussion: String) -> String {
    var text = ""
    var isExample = false
    for line in discussion.split(separator: "\n", omittingEmptySubsequences: false) {
      let isIndented = line.hasPrefix("  ")
      if isIndented != isExample {
        text += isIndented ? ".RS 4\n.nf\n" : ".fi\n.RE\n"
        isExample = isIndented
      }
      text += line.isEmpty ? ".PP\n" : String(line.drop { $0 == " " }).roff + "\n"
    }
    return text + (isExample ? ".fi\n.RE\n" : "")
  }

  /// The command around this one, and those beside it.
  private static func seeAlso(_ command: HelpDump.Command) -> String {
    guard let parent = command.superCommands, !parent.isEmpty else { return "" }
    return ".BR \(parent.joined(separator: "-").roff) (1)\n"
  }
}

extension String {
  /// The text as roff prints it: hyphens as typed, and no line that looks like a request.
  fileprivate var roff: String {
    let escaped = replacing("\\", with: "\\e").replacing("-", with: "\\-")
      .replacing("'", with: "\\(aq").replacing("~", with: "\\(ti").replacing("^", with: "\\(ha")
    return escaped.hasPrefix(".") ? "\\&" + escaped : escaped
  }

  /// The text without the full stop at its end.
  fileprivate var sentence: String { hasSuffix(".") ? String(dropLast()) : self }
}
