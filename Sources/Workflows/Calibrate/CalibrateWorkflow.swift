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
    try weights.checkUnchanged(session)
    try texts.checkUnchanged(session)

    let file = StatisticsWriter(
      state.sums, datasets: text.names, chunkCount: text.given.count + text.written,
      chunkSize: model.sequence)
    for (index, output) in outputs.enumerated().reversed() {
      // The legacy file comes first, so that a calibration whose statistics are there is complete.
      let uncertainty = try index == 0 ? file.write(to: output) : file.writeLegacy(to: output)
      if let uncertainty { session.note(uncertainty) }
    }
    checkpoint.remove()
    return CalibrationReport(
      path: request.output, texts: text.names, sequences: text.given.count + text.written,
      writtenSequences: text.written, tokensPerSequence: model.sequence,
      convergence: Convergence(state, of: model.file), clipping: Clipping(state.sums))
  }
}
