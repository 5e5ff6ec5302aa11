#if os(Linux)
  import Foundation
  import TestSupport
  import Testing

  /// The program where the system gives little.
  @Suite("Too little memory") struct LowMemoryTests {
    let bench: CommandLineBench

    init() throws { bench = try CommandLineBench() }

    @Test(
      "ends a command with a sentence, wherever it is met",
      arguments: [
        "plan $M --statistics $S --target-bpw 5 --types q4_0,q8_0 --cache c.sqlite -o out.recipe --force",
        "apply q4_0.recipe $M out.gguf --force", "verify $M", "inspect $M --types q4_0",
        "evaluate $M $M --chunks 1",
        "calibrate $M -o out.gguf --covariance out.covariance --tokens 256 --sequence 128 --force",
      ])
    func limits(_ line: String) throws {
      let line = line.replacing("$M", with: Folio.model).replacing("$S", with: Folio.statistics)
      for limit in [80, 82, 84, 86, 92, 115, 140, 200, 300] {
        let run = try bench.shell(
          "ulimit -c 0; ulimit -v \(limit << 10); timeout 20 \"$ration\" \(line) --threads 2")
        // With less than that the system cannot load the program.
        if run.code == 127 { continue }
        let place: Comment = "\(limit) MiB: exit code \(run.code) \(run.errors)"
        #expect([0, 5].contains(run.code), place)
        if run.code == 5 {
          #expect(run.errorLines.count == 1 && run.errors.hasPrefix("ration: "), place)
        }
      }
    }

    @Test("for the threads asked for means fewer threads, and the same result")
    func threads() throws {
      let run = try bench.shell(
        """
        "$ration" apply q4_0.recipe small.gguf a.gguf --quiet --threads 4
        export LD_PRELOAD=\(CommandLineBench.faults) FAULT_CALL=thread FAULT_ACTION=\(EAGAIN)
        for FAULT_AT in 1 2 3; do
          export FAULT_AT
          FAULT_FOLDER=/ timeout 20 "$ration" apply q4_0.recipe small.gguf b.gguf --quiet --threads 4 --force
          echo $?; cmp a.gguf b.gguf
          FAULT_FOLDER=/ timeout 20 "$ration" plan small.gguf --target-bpw 5 --cache c.sqlite --threads 4 >plan.txt
          echo $?
        done
        """)
      #expect(run.output == "0\n0\n0\n0\n0\n0\n", "\(run.errors)")
    }
  }
#endif
