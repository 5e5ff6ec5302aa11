import Calibration
import GGUF
import NeuralNetwork
import Reports
import Testing
import TestSupport
import Workflows

@Suite("A calibration that several processes share") struct CalibrateShareTests {
  private let directory = TemporaryDirectory()
  private let texts = TemporaryDirectory()

  private func request(_ name: String, _ text: CalibrateRequest.Text) -> CalibrateRequest {
    CalibrateRequest(
      model: Folio.model, text: text, tokens: 640, sequence: 32, output: directory(name))
  }

  @discardableResult
  private func share(
    _ number: Int, of count: Int, _ name: String, _ text: CalibrateRequest.Text,
    _ session: Session = Session(threads: 2)
  ) throws -> String {
    var request = request(name, text)
    request.part = .share(try #require(WorkShare(number: number, of: count)))
    return try CalibrateShareWorkflow.run(request, session).text
  }

  private func finish(_ name: String, _ text: CalibrateRequest.Text) throws -> CalibrationReport {
    var request = request(name, text)
    request.part = .finish
    return try CalibrateWorkflow.run(request, Session(threads: 2))
  }

  /// A text of fewer tokens than are asked for, so that the model writes the rest.
  private func shortText() throws -> CalibrateRequest.Text {
    let text = try contents(of: Folio.calibrationText).prefix(900)
    return .files([try texts.write(Array(text), to: "short.txt")])
  }

  @Test("has the statistics of one process, to the bit", arguments: [1, 2, 3, 7], [true, false])
  func same(count: Int, isGiven: Bool) throws {
    let text = isGiven ? CalibrateRequest.Text.files([Folio.calibrationText]) : try shortText()
    let whole = try CalibrateWorkflow.run(request("whole", text), Session(threads: 2))
    for number in (1...count).reversed() { try share(number, of: count, "parts", text) }
    let report = try finish("parts", text)
    #expect(try contents(of: directory("parts")) == contents(of: directory("whole")))
    #expect(report.convergence.medianError == whole.convergence.medianError)
    #expect(try directory.names() == ["parts", "whole"])
  }

  @Test("runs what is missing, and names it")
  func missing() throws {
    let text = CalibrateRequest.Text.files([Folio.calibrationText])
    try share(1, of: 4, "parts", text)
    let there = try directory.names().count
    let error = #expect(throws: MissingBatches.self) { try finish("parts", text) }
    #expect(error?.numbers.count == (error?.count ?? 0) - there && there > 0)
    // A share of another division passes over what is there.
    let spy = ProgressSpy()
    try share(1, of: 1, "parts", text, Session(threads: 2, progress: spy))
    #expect(spy.record.activities.count == (error?.count ?? 0) - there)
    _ = try CalibrateWorkflow.run(request("whole", text), Session(threads: 2))
    _ = try finish("parts", text)
    #expect(try contents(of: directory("parts")) == contents(of: directory("whole")))
  }

  @Test("runs a batch again that is damaged, and refuses one of another calibration")
  func damage() throws {
    let text = CalibrateRequest.Text.files([Folio.calibrationText])
    try share(1, of: 1, "parts", text)
    let name = try #require(directory.names().first)
    var bytes = try contents(of: directory(name))
    bytes[bytes.count / 2] ^= 1
    try directory.write(bytes, to: name)
    #expect(throws: MissingBatches.self) { try finish("parts", text) }
    try share(1, of: 1, "parts", text)
    _ = try finish("parts", text)
    var other = request("other", text)
    other.seed = 9
    other.part = .share(.all)
    _ = try CalibrateShareWorkflow.run(other, Session(threads: 2))
    #expect(throws: OtherCalibration.self) { try finish("other", text) }
  }
}
