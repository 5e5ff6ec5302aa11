import Foundation
import TestSupport
import Testing

/// What people see on terminals of different widths.
@Suite("A terminal") struct TerminalTests {
  let bench: CommandLineBench

  init() throws { bench = try CommandLineBench() }

  static let widths = [20, 40, 80, 120]

  @Test("has no line of progress that is longer than it", arguments: widths)
  func progress(columns: Int) throws {
    let terminal = PseudoTerminal(columns: columns)
    let started = try bench.start(
      [
        "plan", Folio.model, "--target-bpw", "4", "--types", "iq3_k,iq4_kss,q4_K,q5_K,q6_K",
        "--cache", "c.sqlite", "-o", "r.recipe",
      ], ["TERM": "xterm"], errors: terminal.handle)
    let drawn = terminal.drawn()
    #expect(try started.finish().code == 0)
    let frames = drawn.components(separatedBy: "\r\u{1B}[K").filter { !$0.isEmpty }
    #expect(frames.count > 2)
    #expect(frames.allSatisfy { $0.count < columns })
    #expect(frames.contains { $0.contains("left") } == (columns > 20))
    // With its rate and the time left, the line with its bar has some 70 columns.
    #expect(frames.contains { $0.contains("░") && $0.contains("left") } == (columns >= 80))
    #expect(drawn.hasSuffix("\r\u{1B}[K"))
  }

  @Test("that can draw nothing over again is sent no escape sequence")
  func dumb() throws {
    let terminal = PseudoTerminal(columns: 80)
    let started = try bench.start(
      ["plan", "small.gguf", "--target-bpw", "5", "--cache", "c.sqlite", "-o", "r.recipe"],
      ["TERM": "dumb"], errors: terminal.handle)
    #expect(!terminal.drawn().contains("\u{1B}"))
    #expect(try started.finish().code == 0)
  }

  @Test(
    "has a map in its colours, unless it has none or is asked for none",
    arguments: [
      (["TERM": "xterm"], true), (["TERM": "xterm", "NO_COLOR": ""], true),
      (["TERM": "xterm", "NO_COLOR": "1"], false), (["TERM": "dumb"], false),
    ])
  func colours(_ environment: [String: String], _ expected: Bool) throws {
    #expect(try bench.ration("apply", "q4_0.recipe", "small.gguf", "q4.txt").code == 0)
    let terminal = PseudoTerminal(columns: 80)
    let started = try bench.start(["show", "q4.txt"], environment, output: terminal.handle)
    let drawn = terminal.drawn()
    #expect(try started.finish().code == 0)
    #expect(drawn.contains("bits per weight, without their fraction"))
    #expect(drawn.contains("\u{1B}[") == expected)
    let piped = try bench.ration("show", "q4.txt")
    #expect(piped.output.contains("without their fraction") && !piped.output.contains("\u{1B}"))
  }

  @Test(
    "has no table that is wider than it",
    arguments: [
      ["inspect", "small.gguf", "--cache", "c.sqlite"],
      ["frontier", "small.gguf", "--cache", "c.sqlite"],
      ["recipe", "show", "q4_0.recipe", "small.gguf"], ["recipe", "show", "long.recipe"],
      ["show", "small.gguf"],
      ["inspect", "small.gguf", "--against", "small.gguf"],
      [
        "plan", "small.gguf", "--target-bpw", "5", "--cache", "c.sqlite", "-o", "r.recipe",
        "--force",
      ],
    ], widths)
  func tables(_ arguments: [String], columns: Int) throws {
    let blocks = (0..<195).map(String.init).joined(separator: "|")
    try bench.directory.write(
      Array("blk\\.(\(blocks))\\.ffn_up=q4_0\ntoken_embd=q8_0\n".utf8), to: "long.recipe")
    let terminal = PseudoTerminal(columns: columns)
    let started = try bench.start(arguments, ["TERM": "xterm"], output: terminal.handle)
    let lines = terminal.drawn().replacing(/\u{1B}\[[0-9;]*m/, with: "").split(separator: "\n")
    #expect(try started.finish().code == 0)
    #expect(lines.count > 2)
    // Sentences are left to the terminal to wrap; rows have columns two spaces apart.
    for line in lines where line.contains("  ") { #expect(line.count <= columns, "\(line)") }
  }

  @Test(
    "is needed for a table to be divided: into a pipe it goes whole, without spaces at line ends")
  func pipe() throws {
    let run = try bench.ration("inspect", "small.gguf", "--cache", "c.sqlite")
    let lines = run.output.split(separator: "\n")
    #expect(lines.contains { $0.count > 200 } && lines.allSatisfy { $0.last != " " })
    try bench.directory.write(
      Array("blk\\.(\((0..<195).map(String.init).joined(separator: "|")))\\.a=q4_0\nb=q8_0\n".utf8),
      to: "long.recipe")
    let show = try bench.ration("recipe", "show", "long.recipe")
    #expect(show.output.split(separator: "\n").filter { $0.count > 40 }.count == 1)
  }
}
