import Calibration
import Foundation
import GGUF
import Reports
import Statistics
import Testing
import TestSupport
import Workflows

/// Calibrations that write second moments too, of the model that the repository carries.
@Suite("Calibrating with second moments") struct CovarianceTests {
  let directory = TemporaryDirectory()

  func request(_ name: String) -> CalibrateRequest {
    CalibrateRequest(
      model: Folio.model, text: .files([Folio.calibrationText]), tokens: 160, sequence: 32,
      output: directory("\(name).gguf"), covarianceOutput: directory("\(name).covariance"))
  }

  @Test("every weight of a linear layer has those of what it reads, and the report names the file")
  func results() throws {
    let report = try CalibrateWorkflow.run(request("a"), Session(threads: 2))
    let path = directory("a.covariance")
    #expect(report.covariance?.path == path)
    #expect(report.covariance?.bytes == (try contents(of: path).count))
    #expect(report.text(columns: nil).contains("a.covariance: second moments"))
    #expect(try directory.names() == ["a.covariance", "a.gguf"])

    let model = try ModelFile(path: Folio.model)
    let moments = try SecondMomentFile.read(path: path)
    try moments.requireModel(model)
    #expect(moments.texts == ["folio-calibration.txt"])
    #expect(moments.tokens == 160 && moments.sequence == 32)
    let statistics = try StatisticsFile.read(path: directory("a.gguf"))
    for tensor in model.tensors where tensor.shape.count > 1 && tensor.name != "token_embd.weight" {
      // Of five sequences, three are the first half.
      let halves = try (0..<2).map {
        try #require(try moments.moment(of: tensor, slice: 0, half: $0))
      }
      #expect(halves.map(\.tokens) == [96, 64])
      let whole = try #require(try moments.moment(of: tensor, slice: 0, half: nil))
      let importance = try #require(try statistics.of(tensor)?.importance)
      for column in importance.indices {
        #expect(abs(whole.meanSquares[column] / importance[column] - 1) < 0.01)
      }
    }
  }

  @Test("threads change nothing, and neither do the second moments the statistics")
  func threads() throws {
    for threads in [1, 3] {
      _ = try CalibrateWorkflow.run(request("\(threads)"), Session(threads: threads))
    }
    var alone = request("alone")
    alone.covarianceOutput = nil
    #expect(try CalibrateWorkflow.run(alone, Session(threads: 2)).covariance == nil)
    #expect(
      try contents(of: directory("1.covariance")) == contents(of: directory("3.covariance")))
    for name in ["1.gguf", "3.gguf"] {
      #expect(try contents(of: directory(name)) == contents(of: directory("alone.gguf")))
    }
  }

  @Test("an interruption loses no statistics: the same command takes the moments alone")
  func resumption() throws {
    _ = try CalibrateWorkflow.run(request("whole"), Session(threads: 2))
    let interruption = Interruption()
    let spy = ProgressSpy { record in
      if record.activities.last == "correlating", record.steps == 9 {
        interruption.request(signal: 2)
      }
    }
    #expect(throws: Interrupted.self) {
      try CalibrateWorkflow.run(
        request("parts"), Session(threads: 2, interruption: interruption, progress: spy))
    }
    #expect(spy.record.activities == ["calibrating", "correlating"])
    #expect(
      try directory.names() == ["parts.gguf.checkpoint", "whole.covariance", "whole.gguf"])
    let resumed = ProgressSpy()
    _ = try CalibrateWorkflow.run(request("parts"), Session(threads: 2, progress: resumed))
    #expect(resumed.record.total == 160)
    for ending in ["gguf", "covariance"] {
      #expect(
        try contents(of: directory("parts.\(ending)")) == contents(of: directory("whole.\(ending)"))
      )
    }
    #expect(try directory.names().count == 4)
  }

  @Test("a model that changes meanwhile leaves no second moments") func changes() throws {
    let copy = try directory.write(contents(of: Folio.model), to: "model.gguf")
    let spy = ProgressSpy { record in
      if record.activities.last == "correlating", record.steps == 1 {
        try? editInPlace(copy, at: 5000)
      }
    }
    var request = request("out")
    request.model = copy
    #expect(throws: FileError("rely on", copy, .changed)) {
      try CalibrateWorkflow.run(request, Session(threads: 2, progress: spy))
    }
    #expect(try directory.names() == ["model.gguf", "out.gguf.checkpoint"])
  }

  @Test("an existing file is left alone, before any work is done") func conflict() throws {
    try directory.write([1], to: "out.covariance")
    let spy = ProgressSpy()
    #expect(throws: ConflictError.exists(directory("out.covariance"))) {
      try CalibrateWorkflow.run(request("out"), Session(threads: 2, progress: spy))
    }
    #expect(spy.record.activities.isEmpty)
    #expect(try directory.names() == ["out.covariance"])
  }
}
