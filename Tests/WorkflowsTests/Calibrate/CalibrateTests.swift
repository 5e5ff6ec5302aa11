import Calibration
import Foundation
import GGUF
import Measurement
import NeuralNetwork
import Planning
import Reports
import Statistics
import Testing
import TestSupport
import Workflows

/// Calibrations of the model that the repository carries, of few tokens.
@Suite("Calibrating") struct CalibrateTests {
  let directory = TemporaryDirectory()
  private let texts = TemporaryDirectory()

  /// A text of fewer tokens than are asked for.
  func shortText() throws -> CalibrateRequest.Text {
    let text = try contents(of: Folio.calibrationText).prefix(900)
    return .files([try texts.write(Array(text), to: "short.txt")])
  }

  func request(
    _ name: String, _ text: CalibrateRequest.Text = .files([Folio.calibrationText])
  ) -> CalibrateRequest {
    CalibrateRequest(
      model: Folio.model, text: text, tokens: 640, sequence: 32, output: directory(name))
  }

  /// A session that is interrupted once a command has taken this many steps, counted from 1.
  func session(interruptedAt step: Int, of activity: String) -> Session {
    let interruption = Interruption()
    let spy = ProgressSpy { record in
      if record.activities.last == activity, record.steps >= step {
        interruption.request(signal: 2)
      }
    }
    return Session(threads: 2, interruption: interruption, progress: spy)
  }

  @Test("threads change nothing") func threads() throws {
    for threads in [1, 3] {
      _ = try CalibrateWorkflow.run(request("\(threads)"), Session(threads: threads))
    }
    #expect(try contents(of: directory("1")) == contents(of: directory("3")))
    #expect(try directory.names() == ["1", "3"])
  }

  @Test(
    "an interrupted run goes on to the same bytes",
    arguments: [
      ("calibrating", 70, CalibrateRequest.Text.files([Folio.calibrationText])),
      ("writing", 10, .sampled), ("calibrating", 140, .sampled), ("writing", 10, nil),
      ("calibrating", 140, nil),
    ])
  func resumption(activity: String, step: Int, text: CalibrateRequest.Text?) throws {
    let text = try text ?? shortText()
    let whole = try CalibrateWorkflow.run(request("whole", text), Session(threads: 2))
    #expect(throws: Interrupted.self) {
      try CalibrateWorkflow.run(
        request("parts", text), session(interruptedAt: step, of: activity))
    }
    let isWriting = activity == "writing"
    #expect(try directory.names().contains("parts.checkpoint") == !isWriting)
    #expect(try !directory.names().contains("parts"))
    let spy = ProgressSpy()
    let resumed = try CalibrateWorkflow.run(
      request("parts", text), Session(threads: 2, progress: spy))
    #expect((spy.record.total < 640 + 32 * whole.writtenSequences) == !isWriting)
    #expect(try contents(of: directory("parts")) == contents(of: directory("whole")))
    #expect(resumed.convergence.medianError == whole.convergence.medianError)
    #expect(try directory.names() == ["parts", "whole"])
  }

  @Test("a text that is too short is followed by what the model writes")
  func writtenText() throws {
    let report = try CalibrateWorkflow.run(request("all", shortText()), Session(threads: 2))
    let written = report.writtenSequences
    #expect(report.texts == ["short.txt", "sampled from folio-4m-BF16.gguf, seed 0"])
    #expect(report.sequences == 20 && (1..<20).contains(written))
    var given = try request("given", shortText())
    given.tokens = 32 * (20 - written)
    #expect(try CalibrateWorkflow.run(given, Session(threads: 2)).texts == ["short.txt"])
    var own = request("own", .sampled)
    own.tokens = 32 * written
    _ = try CalibrateWorkflow.run(own, Session(threads: 2))

    let table = try #require(try ModelFile(path: Folio.model)["token_embd.weight"])
    let counts = try ["all", "given", "own"].map { name in
      let file = try StatisticsFile.read(path: directory(name))
      let total = try #require(file.totalTokens)
      return try #require(try file.of(table)?.lookupShare).map { (Double($0) * total).rounded() }
    }
    #expect(counts[0] == zip(counts[1], counts[2]).map(+))
  }

  @Test("a checkpoint that is damaged is set aside, and the calibration begins anew")
  func damagedCheckpoint() throws {
    _ = try CalibrateWorkflow.run(request("whole"), Session(threads: 2))
    #expect(throws: Interrupted.self) {
      try CalibrateWorkflow.run(
        request("out"), session(interruptedAt: 70, of: "calibrating"))
    }
    var bytes = try contents(of: directory("out.checkpoint"))
    bytes[bytes.count / 2] ^= 1
    try directory.write(bytes, to: "out.checkpoint")
    try directory.write([9], to: "out.checkpoint.unreadable")
    let warnings = WarningSpy()
    _ = try CalibrateWorkflow.run(request("out"), warnings.session())
    #expect(warnings.warnings.count == 1)
    #expect(warnings.warnings.first?.contains("out.checkpoint.unreadable-2") == true)
    #expect(try contents(of: directory("out.checkpoint.unreadable")) == [9])
    #expect(try contents(of: directory("out.checkpoint.unreadable-2")) == bytes)
    #expect(try contents(of: directory("out")) == contents(of: directory("whole")))
  }

  @Test("what stands in the place of a checkpoint and is none stays as it is, before any work")
  func strangerInPlaceOfCheckpoint() throws {
    let path = directory("out.checkpoint")
    let spy = ProgressSpy()
    func expectRefused() throws {
      let names = try directory.names()
      #expect(throws: ConflictError.stranger(path, .checkpoint)) {
        try CalibrateWorkflow.run(request("out"), Session(threads: 2, progress: spy))
      }
      #expect(try directory.names() == names)
    }
    let model = try contents(of: Folio.model)
    for bytes in [Array("notes".utf8), model] {
      try directory.write(bytes, to: "out.checkpoint")
      try expectRefused()
      #expect(try contents(of: path) == bytes)
    }
    unlink(path)
    symlink(Folio.statistics, path)
    try expectRefused()
    unlink(path)
    mkdir(path, 0o700)
    try expectRefused()
    #expect(spy.record.activities.isEmpty)
  }

  @Test("the checkpoint of another calibration is not replaced: hours may be in it")
  func checkpointOfAnother() throws {
    #expect(throws: Interrupted.self) {
      try CalibrateWorkflow.run(request("out"), session(interruptedAt: 70, of: "calibrating"))
    }
    let before = try contents(of: directory("out.checkpoint"))
    var other = request("out")
    other.overwrite = true
    let changes: [(inout CalibrateRequest) -> Void] = [
      { $0.seed = 7 }, { $0.tokens = 320 }, { $0.sequence = 16 }, { $0.text = .sampled },
      { $0.text = .files([Folio.evaluationText]) },
    ]
    for change in changes {
      var changed = other
      change(&changed)
      let error = #expect(throws: OtherCalibration.self) {
        try CalibrateWorkflow.run(changed, Session(threads: 2))
      }
      #expect(error?.kind == .conflict && error?.path == directory("out.checkpoint"))
      #expect(try contents(of: directory("out.checkpoint")) == before)
    }
    _ = try CalibrateWorkflow.run(request("out"), Session(threads: 2))
    #expect(try directory.names() == ["out"])
  }

  @Test("a model or text that changes meanwhile ends the calibration", arguments: [true, false])
  func changes(isModel: Bool) throws {
    let copies = try [Folio.model, Folio.calibrationText].map {
      try directory.write(contents(of: $0), to: $0.split(separator: "/").last.map(String.init)!)
    }
    let changed = copies[isModel ? 0 : 1]
    for isEdited in [false, true] {
      let spy = ProgressSpy { record in
        guard record.activities.last == "calibrating", record.steps == 70 else { return }
        if isEdited { try? editInPlace(changed, at: 5000) } else { chmod(changed, 0o600) }
      }
      var request = request("out", .files([copies[1]]))
      request.model = copies[0]
      let session = Session(threads: 2, progress: spy)
      if isEdited {
        #expect(throws: FileError("rely on", changed, .changed)) {
          try CalibrateWorkflow.run(request, session)
        }
        #expect(try !directory.names().contains("out"))
      } else {
        _ = try CalibrateWorkflow.run(request, session)
        unlink(directory("out"))
      }
    }
  }

  @Test("seeds and texts make a difference, and every weight is measured")
  func results() throws {
    let report = try CalibrateWorkflow.run(request("a"), Session(threads: 2))
    #expect(report.tokens == 640 && report.sequences == 20)
    #expect(report.convergence.weights.count == 44)
    #expect(report.convergence.medianError.map { $0 > 0 && $0 < 0.5 } == true)
    var seeded = request("b")
    seeded.seed = 1
    _ = try CalibrateWorkflow.run(seeded, Session(threads: 2))
    let own = try CalibrateWorkflow.run(request("c", .sampled), Session(threads: 2))
    #expect(own.texts == ["sampled from folio-4m-BF16.gguf, seed 0"])

    let model = try ModelFile(path: Folio.model)
    let all = try ["a", "b", "c"].map { try StatisticsFile.read(path: directory($0)) }
    for statistics in all {
      let coverage = try MatchedStatistics(statistics, with: model).coverage
      // The table is looked up: it has no importance of columns.
      #expect(coverage.unmeasuredTensors == ["token_embd.weight"])
      #expect(coverage.unusedEntries.isEmpty && coverage.emptyTensors.isEmpty)
    }
    let tensor = try #require(model["blk.3.ffn_down.weight"])
    let entries = try all.map { try #require(try $0.of(tensor)) }
    #expect(entries[0].importance == entries[1].importance)
    #expect(entries[0].rowSensitivity != entries[1].rowSensitivity)
    #expect(entries[0].importance != entries[2].importance)
  }

  @Test("a plan can be made with what was found") func plan() throws {
    _ = try CalibrateWorkflow.run(request("statistics.gguf"), Session(threads: 2))
    let plan = try PlanWorkflow.run(
      PlanRequest(
        inputs: PlanInputs(
          model: Folio.model, statistics: directory("statistics.gguf"),
          constraints: Constraints(types: [.Q4_0, .Q8_0]), sampling: .fraction(0.01), cache: nil,
          allowRequantize: false),
        target: .bitsPerWeight(5), version: "1.2.3"),
      Session(threads: 2))
    #expect(plan.report.plan.unit == .nats)
  }

  @Test("a legacy file is written beside it where one is asked for") func legacy() throws {
    var request = request("statistics.gguf")
    request.legacyOutput = directory("imatrix.dat")
    _ = try CalibrateWorkflow.run(request, Session(threads: 2))
    let legacy = try StatisticsFile.read(path: directory("imatrix.dat"))
    #expect(legacy.names.count == 43 && legacy.chunkCount == 20)
  }

  @Test("existing outputs are left alone, before any work is done") func conflicts() throws {
    var request = request("out")
    try directory.write([1], to: "out")
    let spy = ProgressSpy()
    #expect(throws: ConflictError.exists(directory("out"))) {
      try CalibrateWorkflow.run(request, Session(threads: 2, progress: spy))
    }
    #expect(spy.record.activities.isEmpty)
    request.overwrite = true
    _ = try CalibrateWorkflow.run(request, Session(threads: 2))
    #expect(try contents(of: directory("out")).count > 1)
    request.output = Folio.model
    #expect(throws: ConflictError.isInput(output: Folio.model, input: Folio.model)) {
      try CalibrateWorkflow.run(request, Session(threads: 2))
    }
  }

  @Test("sequences longer than the model's context are warned of") func context() throws {
    var request = request("out")
    request.sequence = 300
    let warnings = WarningSpy()
    _ = try CalibrateWorkflow.run(request, warnings.session())
    #expect(warnings.warnings.count == 1 && warnings.warnings[0].contains("256"))
    request.sequence = nil
    request.overwrite = true
    #expect(try CalibrateWorkflow.run(request, Session(threads: 2)).tokensPerSequence == 256)
  }

  @Test("a model of another architecture is told what still works") func architecture() throws {
    var fixture = SmallModel().fixture
    fixture.keys[0] = .string("general.architecture", "mamba")
    var request = request("out")
    request.model = try directory.write(fixture.bytes, to: "mamba.gguf")
    let error = #expect(throws: NetworkError.self) {
      try CalibrateWorkflow.run(request, Session(threads: 2))
    }
    #expect(error?.description.contains("imatrix") == true)
  }
}
