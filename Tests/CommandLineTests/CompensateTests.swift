import Foundation
import Testing
import TestSupport

/// Rounding with compensation, from `calibrate --covariance` to a file that loses less.
@Suite("With --compensate") struct CompensateTests {
  /// Statistics and second moments of the model that the repository carries, made once.
  private struct Calibration {
    let bench: CommandLineBench

    init() throws {
      bench = try CommandLineBench()
      let run = try bench.ration(
        "calibrate", Folio.model, "--text", Folio.calibrationText, "--sequence", "128", "--tokens",
        "16384", "-o", "s.gguf", "--covariance", "c.gguf", "--quiet")
      try #require(run.code == 0 && run.errors.isEmpty, "\(run.errors)")
      try bench.directory.write(Array(#"blk\..*=iq4_kss"#.utf8), to: "iq4_kss.recipe")
    }
  }

  private static let calibration = Result { try Calibration() }

  private let bench: CommandLineBench

  init() throws { bench = try Self.calibration.get().bench }

  private func apply(_ output: String, _ options: String...) throws -> CommandLineBench.Run {
    try bench.start(
      ["apply", "iq4_kss.recipe", Folio.model, output, "--statistics", "s.gguf", "--force"]
        + options
    ).finish()
  }

  @Test("a file of the same size loses a quarter less on text that it was not calibrated on")
  func gain() throws {
    let plain = try apply("plain.gguf")
    let compensated = try apply("gain.gguf", "--compensate", "c.gguf")
    #expect(plain.code == 0 && compensated.code == 0)
    #expect(compensated.output.contains("compensated: the median tensor is expected to lose × 0."))
    let sizes = try ["plain.gguf", "gain.gguf"].map { name in
      try object(bench.ration("show", name, "--json").output)["tensor_bytes"] as? Int
    }
    #expect(sizes[0] == sizes[1])
    let losses = try ["plain.gguf", "gain.gguf"].map { name in
      let run = try bench.ration("evaluate", Folio.model, name, "--chunks", "12", "--json")
      let figures = try object(run.output)["evaluation"] as? [String: Any]
      return try #require((figures?["kld"] as? [String: Double])?["value"])
    }
    #expect(losses[1] < 0.75 * losses[0])
  }

  @Test("the bytes are the same for any number of threads, and when a run goes on")
  func sameBytes() throws {
    let one = try apply("one.gguf", "--compensate", "c.gguf", "--threads", "1", "--json")
    #expect(one.code == 0)
    let compensation = try object(one.output)["compensation"] as? [String: Any]
    #expect((compensation?["median_share"] as? Double).map { $0 < 0.9 } == true)
    let started = try bench.start(
      "apply", "iq4_kss.recipe", Folio.model, "two.gguf", "--statistics", "s.gguf", "--compensate",
      "c.gguf", "--threads", "3")
    let journal = bench.directory("two.gguf.partial.journal")
    while started.isRunning, (try? contents(of: journal).count) ?? 0 < 1000 { usleep(1000) }
    started.signal(SIGINT)
    let code = try started.finish().code
    #expect(code == 130 || code == 0)
    let second = try bench.ration(
      "apply", "iq4_kss.recipe", Folio.model, "two.gguf", "--statistics", "s.gguf", "--compensate",
      "c.gguf")
    #expect(second.code == (code == 0 ? 6 : 0))
    #expect(
      try contents(of: bench.directory("one.gguf")) == contents(of: bench.directory("two.gguf")))
  }

  @Test("a plan promises less loss, says what it was planned with, and warns without it")
  func plan() throws {
    func predicted(_ options: String...) throws -> Double {
      let run = try bench.start(
        ["plan", Folio.model, "--statistics", "s.gguf", "--target-bpw", "4", "--json", "--force"]
          + options
      ).finish()
      #expect(run.code == 0, "\(run.errors)")
      return try #require(object(run.output)["predicted_kld"] as? Double)
    }
    let plain = try predicted("-o", "plain.recipe")
    let compensated = try predicted("-o", "with.recipe", "--compensate", "c.gguf")
    #expect(compensated < 0.85 * plain)
    let text = String(decoding: try contents(of: bench.directory("with.recipe")), as: UTF8.self)
    #expect(text.contains("# covariance: c.gguf\n"))
    let without = try bench.ration(
      "apply", "with.recipe", Folio.model, "void.gguf", "--statistics", "s.gguf")
    #expect(without.errors.contains("planned with --compensate c.gguf, which is not given"))
    let unplanned = try bench.ration(
      "apply", "plain.recipe", Folio.model, "unplanned.gguf", "--statistics", "s.gguf",
      "--compensate", "c.gguf")
    #expect(unplanned.errors.contains("planned without --compensate, and c.gguf is given"))
    let kept = try bench.ration(
      "apply", "with.recipe", Folio.model, "kept.gguf", "--statistics", "s.gguf", "--compensate",
      "c.gguf")
    #expect(kept.code == 0 && kept.errors.isEmpty, "\(kept.errors)")
  }

  @Test("second moments of another model are refused, and so is what is none")
  func refusals() throws {
    let other = try bench.ration(
      "apply", "q4_0.recipe", "small.gguf", "x.gguf", "--compensate", "c.gguf")
    #expect(other.code == 3 && other.errors.contains("c.gguf"))
    let none = try apply("x.gguf", "--compensate", "s.gguf")
    #expect(none.code == 3 && none.errors.contains("s.gguf"))
    let validated = try bench.ration(
      "plan", Folio.model, "--statistics", "s.gguf", "--target-bpw", "4", "--compensate", "c.gguf",
      "--validate")
    #expect(validated.code == 2 && validated.errors.contains("--validate"))
    #expect(try !bench.added().contains("x.gguf"))
  }
}
