import Calibration
import GGUF
import NeuralNetwork

/// A calibration that is about to be done: what it is of, and what names it.
struct CalibrationJob {
  let model: CalibratedModel
  let text: CalibrationText
  let work: CalibrationWork
  /// What names the calibration.
  let key: String
  private let texts: WatchedFiles
  private let weights: WatchedFiles
  private let session: Session

  init(_ request: CalibrateRequest, _ session: Session) throws {
    self.session = session
    model = try CalibratedModel(request, session)
    texts = try WatchedFiles(request.textPaths, session)
    text = try model.text()
    weights = try WatchedFiles(model.file.shardPaths, session)
    try model.file.checkUnchanged()
    key = model.key(of: text, contents: weights.digests)
    work = model.work(on: text)
  }

  /// Sequences of the whole text.
  var sequences: Int { text.given.count + text.written }

  /// Checks that the weights are still those that were opened: what was computed from others is never kept.
  func checkWeights() throws { try weights.checkUnchanged(session) }

  /// Checks that all files are.
  func checkUnchanged() throws {
    try weights.checkUnchanged(session)
    try texts.checkUnchanged(session)
  }
}
