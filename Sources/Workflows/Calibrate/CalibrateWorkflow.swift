import Calibration
package import GGUF
package import Reports

/// Calibrates: runs a model forward and backward over text, and keeps what its weights met.
package enum CalibrateWorkflow: Workflow {
  package static func run(
    _ request: CalibrateRequest, to outputs: [Reservation], _ session: Session
  ) throws -> CalibrationReport {
    let model = try CalibratedModel(request, session)
    let texts = try WatchedFiles(request.textPaths, session)
    let text = try model.text()
    let weights = try WatchedFiles(model.file.shardPaths, session)
    try model.file.checkUnchanged()
    let checkpoint = CalibrationCheckpoint(
      path: CalibrationCheckpoint.path(of: request.output),
      key: model.key(of: text, contents: weights.digests),
      work: model.work(on: text))
    var state = try checkpoint.load(session)

    // What was computed from other weights is never kept.
    func save(_ state: CalibrationState) throws {
      try weights.checkUnchanged(session)
      try checkpoint.save(state)
    }
    try model.write(text.written, into: &state, session, save: save)
    try model.calibrate(on: text, into: &state, session, save: save)
    // The checkpoint has all of the statistics by now, so nothing of them is lost where this ends early.
    var covariance: CalibrationReport.Covariance?
    if let path = request.covarianceOutput {
      let bytes = try model.writeSecondMoments(
        of: text.given + state.texts, named: text.names, to: outputs[outputs.count - 1], session
      ) {
        try weights.checkUnchanged(session)
        try texts.checkUnchanged(session)
      }
      covariance = CalibrationReport.Covariance(path: path, bytes: bytes)
    }
    try weights.checkUnchanged(session)
    try texts.checkUnchanged(session)

    let file = StatisticsWriter(
      state.sums, datasets: text.names, chunkCount: text.given.count + text.written,
      chunkSize: model.sequence)
    // The statistics come last, so that a calibration whose statistics are there is complete.
    if request.legacyOutput != nil, let uncertainty = try file.writeLegacy(to: outputs[1]) {
      session.note(uncertainty)
    }
    if let uncertainty = try file.write(to: outputs[0]) { session.note(uncertainty) }
    checkpoint.remove()
    return CalibrationReport(
      path: request.output, texts: text.names, sequences: text.given.count + text.written,
      writtenSequences: text.written, tokensPerSequence: model.sequence,
      convergence: Convergence(state, of: model.file), clipping: Clipping(state.sums),
      covariance: covariance)
  }
}
