import Foundation
import Testing
import TestSupport

/// The help texts, held against what was agreed on. After a change that is meant, record them anew
/// with `RATION_RECORD=1 swift test --filter HelpTests` and read the difference.
@Suite struct HelpTests {
  static let commands = [
    "", "calibrate", "plan", "apply", "inspect", "verify", "show", "evaluate", "card", "frontier",
    "recipe",
    "recipe show",
    "recipe diff",
    "recipe convert", "recipe check", "measure", "cache", "cache merge", "demo",
  ]

  @Test(arguments: commands) func helpIsAsAgreed(command: String) throws {
    let run = try CommandLineBench().shell("\"$ration\" \(command) --help")
    #expect(run.code == 0)
    #expect(run.errors.isEmpty)
    // The default of --threads is the machine's.
    let text = run.output.replacing(/\(default:\s+\d+\)/, with: "(default: N)")
    let snapshot = Self.folder.appendingPathComponent(Self.snapshot(of: command))
    if ProcessInfo.processInfo.environment["RATION_RECORD"] != nil {
      try Data(text.utf8).write(to: snapshot)
      Issue.record("recorded \(snapshot.lastPathComponent)")
    } else {
      #expect(try text == String(contentsOf: snapshot, encoding: .utf8))
    }
  }

  @Test func everySnapshotHasACommand() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(names.sorted() == Self.commands.map(Self.snapshot).sorted())
  }

  @Test func helpCanBeAskedForInSeveralWays() throws {
    let bench = try CommandLineBench()
    let help = try bench.ration("plan", "--help").output
    #expect(try bench.ration("help", "plan").output == help)
    #expect(try bench.ration("plan", "-h").output == help)
    #expect(try bench.ration().output == bench.ration("--help").output)
  }

  @Test("every example is a command line that ration takes", arguments: commands)
  func examplesAreTaken(command: String) throws {
    let bench = try CommandLineBench()
    let help = try bench.shell("COLUMNS=200 \"$ration\" \(command) --help").output
    let examples = help.split(separator: "\n").filter { $0.hasPrefix("  ration ") }
    #expect(!examples.isEmpty || command == "demo")
    for example in examples where example != "  ration demo" {
      let run = try bench.shell("\"$ration\" " + example.dropFirst("  ration ".count))
      // Not a mistake of usage, but a file that is not here.
      #expect(run.code == 5, "\(example): \(run.errors)")
    }
  }

  @Test("the name of a value says more than the option that takes it", arguments: commands)
  func valueNames(command: String) throws {
    let help = try CommandLineBench().shell("\"$ration\" \(command) --help").output
    for match in help.matches(of: /--([a-z-]+) <([^>]+)>/) {
      #expect(match.1 != match.2, "\(match.0)")
    }
  }

  @Test("help and docs/commands.md list the same exit codes") func exitCodes() throws {
    let help = try CommandLineBench().ration("--help").output
    let page = try String(contentsOf: Repository.file("docs/commands.md"), encoding: .utf8)
    let rows = page.matches(of: /\n\| ([0-9, ]+) \| ([^|]+) \|/).map { "  \($0.1) \($0.2)" }
    #expect(rows.count == 9)
    #expect(help.contains("\nExit codes:\n" + rows.joined(separator: "\n") + "\n"))
  }

  @Test func theVersionIsANumber() throws {
    let run = try CommandLineBench().ration("--version")
    #expect(run.code == 0)
    #expect(run.output.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\n/) != nil)
  }

  /// The name of the file with the help of a command.
  private static func snapshot(of command: String) -> String {
    "\(command.isEmpty ? "ration" : command.replacing(" ", with: "-")).txt"
  }

  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("Snapshots")
}
