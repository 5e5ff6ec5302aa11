import Codecs
import Foundation
import Testing
import TestSupport

@Suite("ration calibrate") struct CalibrateCommandTests {
  let bench: CommandLineBench

  init() throws { bench = try CommandLineBench() }

  /// Runs a calibration of the model that the repository carries, of few tokens.
  func calibrate(_ options: String) throws -> CommandLineBench.Run {
    try bench.shell(
      "\"$ration\" calibrate '\(Folio.model)' --sequence 16 --tokens 64 \(options)")
  }

  @Test("statistics are written, and a report printed") func report() throws {
    let run = try calibrate("-o s.gguf --dat s.dat")
    #expect(run.code == 0 && run.errors.isEmpty)
    #expect(run.output.hasPrefix("s.gguf: 44 tensors, from 64 tokens in 4 sequences, code.txt, "))
    #expect(try bench.added() == ["s.dat", "s.gguf"])
  }

  @Test("second moments are written where they are asked for, in whatever form the report is")
  func covariance() throws {
    let run = try calibrate("-o s.gguf --dat s.dat --covariance c.gguf")
    #expect(run.code == 0 && run.errors.isEmpty)
    #expect(run.output.contains("\nc.gguf: second moments of what they read, "))
    #expect(try bench.added() == ["c.gguf", "s.dat", "s.gguf"])
    let second = try calibrate("-o s.gguf --covariance c.gguf --force --json")
    let covariance = try object(second.output)["covariance"] as? [String: Any]
    #expect(covariance?["path"] as? String == "c.gguf")
    #expect(covariance?["bytes"] as? Int == (try contents(of: bench.directory("c.gguf")).count))
  }

  @Test("the report can be had as JSON, or not at all") func json() throws {
    let run = try calibrate("--self --seed 5 --json -o s.gguf")
    let report = try object(run.output)
    #expect(report["texts"] as? [String] == ["sampled from folio-4m-BF16.gguf, seed 5"])
    #expect((report["tensors"] as? [Any])?.count == 44)
    #expect(try calibrate("--quiet --force -o s.gguf").output.isEmpty)
  }

  @Test(
    "what cannot be is refused",
    arguments: [
      (2, "-o s.gguf --self --text x", "--self"), (2, "-o s.gguf --sequence 1", "--sequence"),
      (2, "-o s.gguf --tokens 8", "--tokens"), (2, "", "--output"),
      (5, "-o s.gguf --text nothing", "nothing"),
      (3, "-o s.gguf --text q4_0.recipe", "shorter sequences"),
      (6, "-o q4_0.recipe", "exists"),
      (6, "-o s.gguf --dat small.gguf", "exists"),
      (6, "-o s.gguf --covariance small.gguf", "exists"),
    ])
  func refusals(code: Int32, options: String, word: String) throws {
    let run = try calibrate(options)
    #expect(run.code == code)
    #expect(run.errorLines.first?.contains(word) == true, "\(run.errors)")
    #expect(try bench.added().isEmpty)
  }

  @Test(
    "what was computed under one instruction set is not continued under another",
    .enabled(if: Kernels.levels.count > 1))
  func arithmetic() throws {
    let options = [
      "calibrate", Folio.model, "--text", Folio.calibrationText, "--sequence", "32", "--tokens",
      "2048", "--threads", "1", "-o",
    ]
    let started = try bench.start(options + ["s.gguf"])
    while started.isRunning, try !bench.added().contains("s.gguf.checkpoint") { usleep(2000) }
    started.signal(SIGINT)
    #expect(try started.finish().code == 130)
    let base = [Kernels.variable: "base"]
    let resumed = try bench.start(options + ["s.gguf"], base).finish()
    #expect(resumed.code == 6 && resumed.errors.contains("a machine that computes otherwise"))
    unlink(bench.directory("s.gguf.checkpoint"))
    #expect(try bench.start(options + ["s.gguf"], base).finish().code == 0)
    let whole = try bench.start(options + ["whole.gguf"], base).finish()
    #expect(whole.code == 0 && whole.errors.isEmpty)
    #expect(
      try contents(of: bench.directory("s.gguf")) == contents(of: bench.directory("whole.gguf")))
  }

  @Test(
    "levels without products in bfloat16 give the same bytes",
    .enabled(if: Kernels.levels.contains("avx2")))
  func levels() throws {
    for level in ["base", "avx2"] {
      let run = try bench.ration(
        "calibrate", Folio.model, "--sequence", "16", "--tokens", "64", "-o", level,
        environment: [Kernels.variable: level])
      #expect(run.code == 0)
    }
    #expect(
      try contents(of: bench.directory("base")) == contents(of: bench.directory("avx2")))
  }

  @Test("a model that does not run is told what still works") func model() throws {
    let run = try bench.ration("calibrate", "small.gguf", "-o", "s.gguf")
    #expect(run.code == 3 && run.errorLines.count == 1)
  }
}
