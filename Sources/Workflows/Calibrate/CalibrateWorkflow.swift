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
    var text = try model.text()
    let weights = try WatchedFiles(model.file.shardPaths, session)
    try model.file.checkUnchanged()
    let checkpoint = CalibrationCheckpoint(
      path: CalibrationCheckpoint.path(of: request.output),
      key: model.key(of: text, contents: weights.digests),
      work: model.work(on: text.sequences.count))
    var state = try checkpoint.load(session)

    // What was computed from other weights is never kept.
    func save(_ state: CalibrationState) throws {
      try weights.checkUnchanged(session)
      try checkpoint.save(state)
    }
    if case .sampled = request.text {
      try model.write(into: &state, session, save: save)
      text.sequences = state.texts
    }
    try model.calibrate(on: text.sequences, into: &state, session, save: save)
    // The checkpoint has all of the statistics by now, so nothing of them is lost where this ends early.
    var covariance: CalibrationReport.Covariance?
    if let path = request.covarianceOutput {
      let bytes = try model.writeSecondMoments(
        of: text.sequences, named: text.names, to: outputs[outputs.count - 1], session
      ) {
        try weights.checkUnchanged(session)
        try texts.checkUnchanged(session)
      }
      covariance = CalibrationReport.Covariance(path: path, bytes: bytes)
    }
    try weights.checkUnchanged(session)
    try texts.checkUnchanged(session)

    let file = StatisticsWriter(
      state.sums, datasets: text.names, chunkCount: text.sequences.count,
      chunkSize: model.sequence)
    // The statistics come last, so that a calibration whose statistics are there is complete.
    if request.legacyOutput != nil, let uncertainty = try file.writeLegacy(to: outputs[1]) {
      session.note(uncertainty)
    }
    if let uncertainty = try file.write(to: outputs[0]) { session.note(uncertainty) }
    checkpoint.remove()
    return CalibrationReport(
      path: request.output, texts: text.names, sequences: text.sequences.count,
      tokensPerSequence: model.sequence, convergence: Convergence(state, of: model.file),
      covariance: covariance)
  }
}
