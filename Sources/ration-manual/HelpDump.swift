/// What a program made with swift-argument-parser prints for `--experimental-dump-help`: of its
/// version 0 the parts that a manual needs.
struct HelpDump: Decodable {
  let command: Command

  struct Command: Decodable {
    let commandName: String
    /// The names of the commands around this one, the program's first.
    let superCommands: [String]?
    let abstract: String?
    let discussion: String?
    let arguments: [Argument]?
    let subcommands: [Command]?
  }

  struct Argument: Decodable {
    enum Kind: String, Decodable {
      case positional, option, flag
    }

    struct Name: Decodable {
      let kind: String
      let name: String
    }

    let kind: Kind
    let shouldDisplay: Bool
    /// The title of its group; nil for none.
    let sectionTitle: String?
    let isOptional: Bool
    let isRepeating: Bool
    let names: [Name]?
    let valueName: String?
    let defaultValue: String?
    let allValues: [String]?
    let abstract: String?
    let discussion: String?
  }
}

extension HelpDump.Command {
  /// The words that call it.
  var words: [String] { (superCommands ?? []) + [commandName] }

  /// The commands within it that have help of their own: all but `help`.
  var children: [HelpDump.Command] { (subcommands ?? []).filter { $0.commandName != "help" } }

  /// The command and all within it.
  var family: [HelpDump.Command] { [self] + children.flatMap(\.family) }
}

extension HelpDump.Argument {
  /// The argument as it is typed: `-o, --output <file>`.
  var label: String {
    let short = (names ?? []).filter { $0.kind == "short" }.map { "-" + $0.name }
    let long = (names ?? []).filter { $0.kind == "long" }.map { "--" + $0.name }
    let value = kind == .flag ? [] : ["<\(valueName ?? "value")>"]
    return ([(short + long).joined(separator: ", ")].filter { !$0.isEmpty } + value)
      .joined(separator: " ")
  }
}
