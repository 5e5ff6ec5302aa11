import Foundation
import TestSupport
import Testing

/// Signals: heard from the first moment, wherever a command is, and ended by in good order.
@Suite("Signals") struct SignalTests {
  let bench: CommandLineBench

  init() throws {
    bench = try CommandLineBench()
    try bench.directory.write(Array(".*=iq4_kt\n".utf8), to: "slow.txt")
  }

  /// Commands that have seconds to go, and the files that they may leave for the next run.
  static let commands: [(line: String, keeps: Set<String>)] = [
    ("plan $M --target-bpw 4 --sample full --cache c.sqlite -o r.recipe", cache),
    ("plan $M --target-bpw 5 --types q4_0,q8_0 --validate --cache c.sqlite -o r.recipe", cache),
    ("frontier $M --sample full --cache c.sqlite", cache),
    ("inspect $M --sample full --cache c.sqlite", cache),
    ("inspect small.gguf --against small.gguf", []),
    ("apply slow.txt $M out.gguf", ["out.gguf.partial", "out.gguf.partial.journal"]),
    ("calibrate $M --self -o s.gguf", ["s.gguf.checkpoint"]),
    ("calibrate $M -o s.gguf", ["s.gguf.checkpoint"]),
    ("evaluate $M $M", []), ("verify $M", []), ("recipe diff Q4_K_M IQ4_KSS --model $M", []),
  ]

  private static let cache: Set = ["c.sqlite", "c.sqlite-wal", "c.sqlite-shm"]

  @Test("end every command within two seconds, whenever they come", arguments: commands)
  func anyMoment(_ line: String, _ keeps: Set<String>) throws {
    let start = ContinuousClock.now
    #expect(try bench.ration("--version").code == 0)
    // On a machine with much else to do, everything takes longer.
    let limit = Duration.seconds(2) + (ContinuousClock.now - start) * 20
    for delay in [5, 30, 200, 500] {
      let arguments = line.replacing("$M", with: Folio.model).split(separator: " ").map(String.init)
      let started = try bench.start(arguments)
      usleep(UInt32(delay) * 1000)
      let sent = ContinuousClock.now
      started.signal(SIGTERM)
      let run = try started.finish()
      let place: Comment = "\(line) after \(delay) ms: exit code \(run.code) \(run.errors)"
      #expect(ContinuousClock.now - sent < limit, place)
      // What ends sooner than the signal comes has ended well.
      #expect(run.code == 143 || run.code == 0, place)
      #expect(run.errorLines.count <= 1, place)
      if run.code == 143 { #expect(try Set(bench.added()).isSubset(of: keeps), place) }
      for name in try bench.added() {
        try FileManager.default.removeItem(atPath: bench.directory(name))
      }
    }
  }

  @Test("end a command that waits for something else as well")
  func blocked() throws {
    let recipe = (0..<5000).map { "blk\\.\($0)\\.=q4_0\n" }.joined()
    try bench.directory.write(Array(recipe.utf8), to: "long.recipe")
    let run = try bench.shell(
      """
      mkfifo pipe.txt; sleep 20 <pipe.txt & sleeper=$!
      "$ration" recipe show long.recipe >pipe.txt & pid=$!
      sleep 0.3; kill $pid; SECONDS=0; wait $pid; echo "$? $((SECONDS < 5))"; kill $sleeper
      """)
    #expect(run.output == "143 1\n" && run.errors.contains("ration: interrupted\n"))
  }

  @Test("that the caller ignores stay ignored", arguments: [SIGHUP, SIGINT, SIGTERM])
  func inherited(_ signal: Int32) throws {
    let run = try bench.shell(
      """
      trap '' \(signal)
      "$ration" plan \(Folio.model) --target-bpw 5 --types q4_0,iq4_kt --quiet >r.txt & pid=$!
      sleep 0.1; kill -\(signal) $pid; wait $pid; echo $?
      """)
    #expect(run.output == "0\n" && run.errors.isEmpty)
  }

  @Test("that come two at a time count as one")
  func twoAtOnce() throws {
    for _ in 0..<3 {
      let started = try bench.start("apply", "slow.txt", Folio.model, "out.gguf")
      while started.isRunning,
        !FileManager.default.fileExists(atPath: bench.directory("out.gguf.partial"))
      { usleep(2000) }
      started.signal(SIGTERM)
      started.signal(SIGTERM)
      let run = try started.finish()
      #expect(run.code == 143)
      #expect(run.errorLines.count == 1 && run.errors.contains("the same command goes on"))
    }
  }

  @Test("end the program by themselves, so that a script stops with it")
  func script() throws {
    let started = try bench.start(
      "plan", Folio.model, "--target-bpw", "4", "--sample", "full", "--cache", "c.sqlite")
    usleep(200_000)
    started.signal(SIGINT)
    let run = try started.finish()
    #expect(run.code == 130 && run.wasEndedBySignal)
  }
}
