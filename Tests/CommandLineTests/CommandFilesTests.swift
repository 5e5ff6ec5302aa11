import Foundation
import Testing
import TestSupport

/// All commands that write, with every input, by every kind of path, in the place of every file that they write.
@Suite("A command") struct CommandFilesTests {
  let bench: CommandLineBench

  init() throws {
    bench = try CommandLineBench()
    try bench.directory.write(Array("QTYPE,x\n".utf8), to: "table.csv")
    try bench.directory.write(Array("some text\n".utf8), to: "words.text")
    #expect(
      try bench.ration("apply", "q4_0.recipe", "small.gguf", "old.gguf", "--quiet").code == 0)
  }

  /// A command line in which `%` stands for what is written, and the files that it reads.
  struct Line: CustomTestStringConvertible, Sendable {
    let text: String
    let inputs: [String]

    init(_ text: String, reading inputs: String...) {
      self.text = text
      self.inputs = inputs
    }

    var testDescription: String { text }
  }

  static let lines = [
    Line(
      "apply q4_0.recipe small.gguf % --statistics small.statistics.gguf --force",
      reading: "q4_0.recipe", "small.gguf", "small.statistics.gguf"),
    Line(
      "apply q4_0.recipe small.gguf % --update old.gguf", reading: "old.gguf"),
    Line(
      "plan small.gguf --target-bpw 5 --statistics small.statistics.gguf --skeleton q4_0.recipe "
        + "--sensitivity table.csv -o % --force",
      reading: "small.gguf", "small.statistics.gguf", "q4_0.recipe", "table.csv"),
    Line(
      "plan small.gguf --target-bpw 5 --statistics small.statistics.gguf --skeleton q4_0.recipe "
        + "--sensitivity table.csv --cache % --quiet",
      reading: "small.gguf", "small.statistics.gguf", "q4_0.recipe", "table.csv"),
    Line(
      "plan small.gguf --target-bpw 5 --validate --text words.text --cache % --quiet",
      reading: "words.text"),
    Line(
      "frontier small.gguf --statistics small.statistics.gguf --svg % --force",
      reading: "small.gguf", "small.statistics.gguf"),
    Line("frontier small.gguf --cache %", reading: "small.gguf"),
    Line(
      "inspect small.gguf --statistics small.statistics.gguf --cache %",
      reading: "small.gguf", "small.statistics.gguf"),
    Line(
      "recipe diff q4_0.recipe q4_0.recipe --model small.gguf --cache %",
      reading: "q4_0.recipe", "small.gguf"),
    Line(
      "recipe convert q4_0.recipe small.gguf --to recipe -o % --force",
      reading: "q4_0.recipe", "small.gguf"),
    Line(
      "evaluate small.gguf old.gguf --text words.text --base-logits %",
      reading: "small.gguf", "old.gguf", "words.text"),
    Line(
      "card small.gguf old.gguf --evaluation words.text -o % --force",
      reading: "small.gguf", "old.gguf", "words.text"),
    Line("card small.gguf old.gguf --plot % --force", reading: "small.gguf", "old.gguf"),
    Line(
      "calibrate small.gguf --text words.text -o % --force", reading: "small.gguf", "words.text"),
    Line(
      "calibrate small.gguf --text words.text -o new --dat % --force",
      reading: "small.gguf", "words.text"),
    Line(
      "calibrate small.gguf --text words.text -o new --covariance % --force",
      reading: "small.gguf", "words.text"),
  ]

  /// The bytes of all files that were given.
  func files() throws -> [String: [UInt8]] {
    let names = try bench.directory.names().filter { !$0.hasSuffix(".txt") && $0 != "cache" }
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try contents(of: bench.directory($0))) })
  }

  /// Runs a command that is to end with a code and one sentence that has these words, and to change nothing.
  func expect(_ code: Int32, _ words: [String], from line: String) throws {
    let before = try files()
    let run = try bench.shell("\"$ration\" \(line)")
    #expect(run.code == code && run.output.isEmpty, "\(line): \(run.errors)")
    for word in words { #expect(run.errors.contains(word), "\(line): \(run.errors)") }
    #expect(try files() == before, "\(line)")
  }

  @Test("never writes to what it reads", arguments: lines) func inputs(_ line: Line) throws {
    for (number, input) in line.inputs.enumerated() {
      link(bench.directory(input), bench.directory("hard\(number)"))
      symlink(input, bench.directory("soft\(number)"))
      for alias in [input, "./\(input)", "hard\(number)", "soft\(number)"] {
        let text = line.text.replacing("%", with: alias)
        try expect(6, [alias, input, "never written to"], from: text)
      }
    }
  }

  @Test(
    "never writes two files to one place, or to one that Ration keeps beside another",
    arguments: [
      "calibrate small.gguf -o new --dat new --force", "calibrate small.gguf -o new --dat ./new",
      "calibrate small.gguf -o new --dat new.partial",
      "calibrate small.gguf -o new --dat new.partial.journal",
      "calibrate small.gguf -o new --dat new.checkpoint --force",
      "calibrate small.gguf -o new --dat new.checkpoint.partial",
      "calibrate small.gguf -o new.dat.partial --dat new.dat",
      "calibrate small.gguf -o new --covariance ./new --force",
      "calibrate small.gguf -o new --covariance new.checkpoint",
      "calibrate small.gguf -o a --dat new --covariance new.partial",
      "plan small.gguf --target-bpw 5 -o new --cache new",
      "plan small.gguf --target-bpw 5 -o new --cache new.partial",
      "plan small.gguf --target-bpw 5 -o new-wal --cache new",
      "plan small.gguf --target-bpw 5 -o new.unreadable --cache new",
      "card small.gguf old.gguf -o new --plot ./new",
      "card small.gguf old.gguf -o new --plot new.partial",
      "frontier small.gguf --svg new --cache ./new",
      "frontier small.gguf --svg new-journal --cache new",
    ]) func outputs(_ line: String) throws
  {
    try expect(6, ["new"], from: line)
  }

  @Test(
    "refuses an empty name, and says of which argument it is",
    arguments: [
      ("apply '' small.gguf o", "recipe"), ("apply q4_0.recipe '' o", "model"),
      ("apply q4_0.recipe small.gguf ''", "output"),
      ("apply q4_0.recipe small.gguf '' --split-max-size 1G", "output"),
      ("apply q4_0.recipe small.gguf o --statistics ''", "--statistics"),
      ("apply q4_0.recipe small.gguf o --update ''", "--update"),
      ("calibrate '' -o o", "model"), ("calibrate small.gguf -o ''", "-o"),
      ("calibrate small.gguf -o o --dat ''", "--dat"),
      ("calibrate small.gguf -o o --covariance ''", "--covariance"),
      ("calibrate small.gguf -o o --text ''", "--text"),
      ("plan '' --target-bpw 5", "model"), ("plan small.gguf --target-bpw 5 -o ''", "-o"),
      ("plan small.gguf --target-bpw 5 --cache ''", "--cache"),
      ("plan small.gguf --skeleton ''", "--skeleton"),
      ("plan small.gguf --target-bpw 5 --sensitivity ''", "--sensitivity"),
      ("plan small.gguf --target-bpw 5 --validate --text ''", "--text"),
      ("frontier small.gguf --svg ''", "--svg"),
      ("card '' small.gguf", "model"), ("card small.gguf ''", "quantized"),
      ("card small.gguf small.gguf -o ''", "-o"),
      ("card small.gguf small.gguf --plot ''", "--plot"),
      ("card small.gguf small.gguf --evaluation ''", "--evaluation"), ("inspect ''", "model"),
      ("inspect small.gguf --against ''", "--against"), ("evaluate '' small.gguf", "base"),
      ("evaluate small.gguf ''", "quantized"),
      ("evaluate small.gguf small.gguf --base-logits ''", "--base-logits"), ("verify ''", "model"),
      ("verify small.gguf --against ''", "--against"), ("show ''", "model"),
      ("recipe show ''", "recipe"), ("recipe show q4_0.recipe ''", "model"),
      ("recipe check ''", "recipe"), ("recipe check q4_0.recipe ''", "model"),
      ("recipe diff '' q4_0.recipe", "a"), ("recipe diff q4_0.recipe ''", "b"),
      ("recipe diff q4_0.recipe q4_0.recipe --model ''", "--model"),
      ("recipe convert '' --to recipe", "recipe"),
      ("recipe convert q4_0.recipe --to recipe -o ''", "-o"),
    ]) func emptyNames(_ line: String, _ argument: String) throws
  {
    try expect(2, [argument], from: line)
  }

  @Test("says at once what cannot be an output")
  func impossibleOutputs() throws {
    mkdir(bench.directory("folder"), 0o700)
    mkfifo(bench.directory("pipe.txt"), 0o600)
    let lines = [
      "apply q4_0.recipe small.gguf % --force", "plan small.gguf --target-bpw 5 -o % --force",
      "frontier small.gguf --svg % --force", "recipe convert q4_0.recipe --to recipe -o % --force",
      "calibrate small.gguf -o % --force", "calibrate small.gguf -o new --dat % --force",
      "calibrate small.gguf -o new --covariance % --force",
      "evaluate small.gguf small.gguf --base-logits %",
      "card small.gguf small.gguf -o % --force", "card small.gguf small.gguf --plot % --force",
    ]
    for line in lines {
      for (path, code, word) in [
        ("folder", 6, "a folder"), ("pipe.txt", 6, "a pipe"), ("/dev/null", 6, "a device"),
        ("missing/new", 5, "missing/new"), ("missing/", 6, "a folder"),
      ] as [(String, Int32, String)] {
        let run = try bench.shell("\"$ration\" \(line.replacing("%", with: path))")
        #expect(run.code == code && run.errors.contains(word), "\(line) \(path): \(run.errors)")
      }
    }
    #expect(try bench.added() == ["folder", "old.gguf", "table.csv", "words.text"])
  }

  @Test("takes no other file for its cache, and is not quiet about it") func strangeCaches() throws
  {
    try bench.directory.write(Array("my notes\n".utf8), to: "notes")
    try bench.directory.write(Array("older notes\n".utf8), to: "notes.unreadable")
    for command in ["plan small.gguf --target-bpw 5", "frontier small.gguf", "inspect small.gguf"] {
      for file in ["notes", "old.gguf", "words.text", "q4_0.recipe"] {
        try expect(
          6, [file, "is not a cache of ration"], from: "\(command) --cache \(file) --quiet")
      }
    }
  }

  @Test("holds its output from the start") func holding() throws {
    let slow = [
      (
        "s.gguf",
        [
          "calibrate", Folio.model, "--text", Folio.calibrationText, "--threads", "1", "-o",
          "s.gguf",
        ]
      ),
      (
        "r.recipe",
        [
          "plan", Folio.model, "--statistics", Folio.statistics, "--target-bpw", "4", "--sample",
          "full", "--threads", "1", "--cache", "c.sqlite", "-o", "r.recipe",
        ]
      ),
    ]
    for (output, arguments) in slow {
      let first = try bench.start(arguments)
      while first.isRunning, try !bench.directory.names().contains("\(output).partial.journal") {
        usleep(2000)
      }
      for force in [[], ["--force"]] {
        let second = try bench.start(arguments + force).finish()
        #expect(second.code == 6 && second.errors.contains("another process is writing \(output)"))
      }
      first.signal(SIGINT)
      #expect(try first.finish().code == 130)
      #expect(try bench.directory.names().allSatisfy { !$0.hasPrefix("\(output).partial") })
    }
  }
}
