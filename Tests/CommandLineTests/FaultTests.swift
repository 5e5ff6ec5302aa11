import Foundation
import Testing
import TestSupport

/// The program under signals, limits and readers that leave.
@Suite struct FaultTests {
  let bench: CommandLineBench

  init() throws { bench = try CommandLineBench() }

  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func aSignalEndsAPlanInGoodOrder(_ signal: Int32, _ code: Int32) throws {
    let started = try bench.start(
      "plan", Folio.model, "--statistics", Folio.statistics, "--target-bpw", "4", "--sample",
      "full", "--threads", "1", "--cache", "c.sqlite", "-o", "r.recipe")
    // Once the cache is there, measuring has begun, and has seconds to go.
    while started.isRunning, !FileManager.default.fileExists(atPath: bench.directory("c.sqlite")) {
      usleep(5000)
    }
    started.signal(signal)
    let run = try started.finish()
    #expect(run.code == code)
    #expect(run.output.isEmpty)
    #expect(run.errors == "ration: interrupted; the same command goes on from there\n")
    #expect(try bench.added() == ["c.sqlite"])
    let again = try bench.ration("plan", "small.gguf", "--target-bpw", "5", "--cache", "c.sqlite")
    #expect(again.code == 0 && !again.errors.contains("warning"))
  }

  @Test func aReaderThatLeavesIsNoFailure() throws {
    let run = try bench.shell(
      """
      { sleep 0.2; "$ration" inspect small.gguf --types q4_0; echo $? >code.txt; } | true
      "$ration" plan small.gguf --target-bpw 5 --quiet | head -1
      echo "${PIPESTATUS[0]} $(cat code.txt)"
      """)
    #expect(run.errors.isEmpty)
    #expect(run.output.hasPrefix("# ration: ") && run.output.hasSuffix("\n0 0\n"))
  }

  @Test func aFullDiskIsAFailure() throws {
    for line in [
      "plan small.gguf --target-bpw 5 --quiet", "plan small.gguf --target-bpw 5 --json",
      "inspect small.gguf --types q4_0", "--help",
    ] {
      let run = try bench.shell("\"$ration\" \(line) >/dev/full")
      #expect(run.code == 5, "\(line)")
      #expect(run.errors == "ration: cannot write to standard output: No space left on device\n")
    }
  }

  @Test func aLimitOfTheFileSizeLeavesNothing() throws {
    let run = try bench.shell(
      "ulimit -f 8; \"$ration\" apply q4_0.recipe small.gguf out.gguf")
    #expect(run.code == 5)
    #expect(run.errorLines.count == 1 && run.errors.contains("out.gguf"))
    #expect(try bench.added().isEmpty)
    let plan = try bench.shell(
      """
      ulimit -f 0; "$ration" plan small.gguf --target-bpw 5 -o r.recipe --quiet --cache c.sqlite
      """)
    #expect(plan.code == 5)
    #expect(try bench.added().contains("r.recipe") == false)
  }

  @Test func aCacheWithoutRoomIsWarnedOfAndThePlanGoesOn() throws {
    let expected = try bench.ration("plan", "small.gguf", "--target-bpw", "5", "--quiet")
    for limit in [0, 16, 24, 32, 48, 64] {
      // The recipe goes through a pipe, which has no limit.
      let run = try bench.shell(
        """
        { ulimit -f \(limit)
        "$ration" plan small.gguf --target-bpw 5 --cache \(limit).txt --quiet; echo $?; } | cat
        """)
      #expect(run.output == expected.output + "0\n", "\(limit) KiB: \(run.errors)")
    }
    let run = try bench.shell(
      """
      { ulimit -f 24; "$ration" plan small.gguf --target-bpw 5 --cache c.txt; } 2>&1 >/dev/null | cat
      """)
    #expect(run.output.contains("warning: ") && run.output.contains("measurements are not kept"))
  }

  @Test func closedStreamsHarmNothing() throws {
    let result = try bench.shell(
      """
      "$ration" apply q4_0.recipe small.gguf a.gguf --quiet
      "$ration" apply q4_0.recipe small.gguf b.gguf <&- >&- 2>&-
      cmp a.gguf b.gguf && echo same
      """)
    #expect(result.output == "same\n" && result.errors.isEmpty)
  }

  @Test func whatGoesToAClosedStreamIsNotLostInSilence() throws {
    for line in [
      "plan small.gguf --target-bpw 5 --cache c.txt", "recipe show q4_0.recipe", "--help",
    ] {
      let run = try bench.shell("\"$ration\" \(line) >&-")
      #expect(run.code == 5, "\(line)")
      #expect(
        run.errors.hasSuffix("ration: cannot write to standard output: Bad file descriptor\n"))
    }
  }

  @Test func severalRunsShareACache() throws {
    let run = try bench.shell(
      """
      for n in 1 2 3 4; do
        "$ration" plan small.gguf --target-bpw 5 --cache c.sqlite --quiet --threads 1 >$n.txt &
        pids="$pids $!"
      done
      for pid in $pids; do wait $pid || echo failed; done
      cmp 1.txt 2.txt && cmp 1.txt 3.txt && cmp 1.txt 4.txt && echo same
      """)
    #expect(run.output == "same\n" && run.errors.isEmpty)
    #expect(try contents(of: bench.directory("1.txt")).count > 100)
  }

  @Test func ofTwoRunsWithOneOutputNoneIsHarmed() throws {
    let run = try bench.shell(
      """
      for n in 1 2 3; do
        "$ration" apply q4_0.recipe small.gguf out.gguf --quiet 2>/dev/null & pids="$pids $!"
      done
      for pid in $pids; do wait $pid; codes="$codes$?\n"; done
      printf "$codes" | sort -u
      "$ration" apply q4_0.recipe small.gguf other.gguf --quiet; cmp out.gguf other.gguf && echo same
      """)
    #expect(run.output.hasPrefix("0\n") && run.output.hasSuffix("same\n"))
    #expect(["0\n6\nsame\n", "0\nsame\n"].contains(run.output))
  }

  @Test(.thorough) func theDemoGoesTheWholeWay() throws {
    let run = try bench.shell("TMPDIR=\"$PWD\" \"$ration\" demo")
    #expect(run.code == 0)
    let commands = run.output.split(separator: "\n").filter { $0.hasPrefix("$ ration ") }
    #expect(
      commands.map { $0.split(separator: " ")[2] }
        == ["calibrate", "plan", "apply", "inspect", "evaluate"])
    let added = try bench.added()
    #expect(added.count == 1 && run.output.contains(added[0]))
    let files = try FileManager.default.contentsOfDirectory(atPath: bench.directory(added[0]))
    #expect(
      Set(files).isSuperset(of: [
        "folio-4.0bpw.recipe", "folio-4m-4.0bpw.gguf", "folio.statistics.gguf",
      ]))
  }
}
