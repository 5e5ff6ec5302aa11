import GGUF
import Planning

/// The recipe of a file as a script: its rules, and the commands that make a file of them.
struct CardScript {
  /// The rules that give every tensor its type.
  let recipe: Recipe
  /// The name of the model's file.
  let model: String
  /// Whether weights are quantized that were so before.
  let requantizes: Bool
  let file: CardFile

  /// The lines.
  var bash: String {
    let commands = file.provenance.isEmpty ? others + own : own + others
    return """
      #!/usr/bin/env bash

      custom='
      \(recipe.tensorTypeFile)'

      custom=$(
        echo "$custom" | grep -v '^#' | \\
        sed -Ez 's:\\n+:,:g;s:,$::;s:^,::'
      )

      \(Self.alternatives(commands))
      """
  }

  /// A command and what it does.
  private struct Command {
    let comment: String
    let words: [String]
  }

  /// The first command, and the others as comments, so that only one writes the file.
  private static func alternatives(_ commands: [Command]) -> String {
    commands.enumerated().map { index, command in
      let lines = command.words.joined(separator: " \\\n    ").split(separator: "\n")
      let text = lines.map { (index == 0 ? "" : "# ") + $0 + "\n" }.joined()
      return "# \(index == 0 ? "" : "or, ")\(command.comment)\n\(text)"
    }.joined(separator: "\n")
  }

  /// The command of Ration, which made the file or would give it the same types.
  private var own: [Command] {
    var words = ["ration apply <(echo \"$custom\")", model.shellWord, output.shellWord]
    if let statistics = file.statistics { words.append("--statistics \(statistics.shellWord)") }
    if requantizes { words.append("--allow-requantize") }
    let made = file.provenance.version.map { "by ration \($0.escaped), which made the file" }
    return [Command(comment: made ?? "the same types by ration", words: words)]
  }

  /// The commands of the programs that read the rules as they are meant.
  private var others: [Command] {
    guard let mix = file.mix else { return [] }
    let forms: [(runtime: String, format: RecipeFormat, option: String)] = [
      ("ik_llama.cpp", .customQ, "--custom-q \"$custom\""),
      ("llama.cpp", .tensorTypeFile, "--tensor-type-file <(echo \"$custom\" | tr , '\\n')"),
    ]
    return forms.compactMap { form in
      guard (try? form.format.text(of: recipe)) != nil else { return nil }
      var words = ["./build/bin/llama-quantize", form.option]
      var comment = "the same types by \(form.runtime)"
      if var statistics = file.statistics {
        if form.format == .customQ, statistics.hasSuffix(".gguf") {
          statistics = statistics.dropLast(".gguf".count) + ".dat"
          comment += ", which reads statistics as .dat (ration calibrate --dat)"
        }
        words.append("--imatrix \(statistics.shellWord)")
      }
      if requantizes { words.append("--allow-requantize") }
      return Command(
        comment: comment, words: words + [model.shellWord, output.shellWord, mix])
    }
  }

  /// The name that a program is given for the file: that of a single one.
  private var output: String {
    ShardName(path: file.name).map { "\($0.prefix).gguf" } ?? file.name
  }
}

extension String {
  /// The text as one word of a shell, on one line.
  fileprivate var shellWord: String {
    let text = escaped
    if text.wholeMatch(of: /[A-Za-z0-9_.+=:,@\/-]+/) != nil, !text.hasPrefix("-") { return text }
    return "'" + text.replacing("'", with: #"'\''"#) + "'"
  }
}
