import Foundation
import Testing
import TestSupport

@Suite("Man pages and completions") struct ManualTests {
  let bench: CommandLineBench

  init() throws { bench = try CommandLineBench() }

  @Test("every command has a page that names its options and examples") func pages() throws {
    let made = try bench.shell("\"$ration-manual\" \"$ration\" man")
    #expect(made.code == 0, "\(made.errors)")
    let folder = bench.directory("man")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(
      names.sorted()
        == HelpTests.commands.map {
          "\(["ration", $0].filter { !$0.isEmpty }.joined(separator: " ").replacing(" ", with: "-")).1"
        }.sorted())
    let plan = try String(contentsOfFile: "\(folder)/ration-plan.1", encoding: .utf8)
    for words in [
      ".SH BUDGET", ".B \\-\\-target\\-bpw <bits>", ".B \\-o, \\-\\-output <file>", ".SH SEE ALSO",
      "ration plan model.gguf \\-\\-skeleton IQ4_KSS",
    ] {
      #expect(plan.contains(words), "\(words)")
    }
  }

  @Test("groff finds nothing wrong with the pages")
  func pagesAreWellFormed() throws {
    let run = try bench.shell(
      """
      command -v groff >/dev/null || exit 0
      "$ration-manual" "$ration" man && groff -man -Kutf8 -Tutf8 -ww -rLL=78n man/*.1 2>&1 >/dev/null
      """)
    #expect(run.code == 0 && run.output.isEmpty, "\(run.output)")
  }

  @Test("the shells that are there accept the completions", arguments: ["bash", "zsh", "fish"])
  func completionScripts(shell: String) throws {
    let run = try bench.shell(
      """
      "$ration" --generate-completion-script \(shell) >script || exit 1
      command -v \(shell) >/dev/null || exit 0
      \(shell) -n script
      """)
    #expect(run.code == 0 && run.errors.isEmpty, "\(run.errors)")
    #expect(try contents(of: bench.directory("script")).count > 10_000)
  }

  @Test(
    "bash completes commands, options, mixes, types and models",
    arguments: [
      ("ration fr", "frontier"), ("ration plan --targ", "--target-bpw --target-size"),
      ("ration plan small.gguf --skeleton IQ4_KS", "IQ4_KS IQ4_KSS"),
      ("ration plan --types q4_0,q5_", "q4_0,q5_0 q4_0,q5_1 q4_0,q5_K"),
      ("ration plan --runtime m", "mainline"), ("ration recipe show q4_0.r", "q4_0.recipe"),
      ("ration inspect small.g", "small.gguf"),
    ])
  func completion(typed: String, expected: String) throws {
    let run = try bench.shell(
      """
      PATH="$(dirname "$ration"):$PATH"
      source <(ration --generate-completion-script bash)
      COMP_LINE='\(typed)'; COMP_POINT=${#COMP_LINE}
      COMP_WORDS=($COMP_LINE); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _ration ration "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
      printf '%s\\n' "${COMPREPLY[@]}" | sed 's/ *$//' | sort | paste -sd ' '
      """)
    #expect(run.output == expected + "\n", "\(run.errors)")
  }
}
