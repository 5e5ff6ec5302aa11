import Calibration
package import GGUF
package import Reports

/// Calibrates: runs a model forward and backward over text, and keeps what its weights met.
package enum CalibrateWorkflow: Workflow {
  package static func run(
    _ request: CalibrateRequest, to outputs: [Reservation], _ session: Session
  ) throws -> CalibrationReport {
    let job = try CalibrationJob(request, session)
    let (model, text) = (job.model, job.text)
    let checkpoint = CalibrationCheckpoint(
      path: CalibrationCheckpoint.path(of: request.output), key: job.key, work: job.work)
    let batches = CalibrationBatches(job, output: request.output, session)
    let state =
      request.part == .finish ? try batches.sum() : try self.state(of: job, checkpoint, session)
    // The checkpoint has all of the statistics by now, so nothing of them is lost where this ends early.
    var covariance: CalibrationReport.Covariance?
    if let path = request.covarianceOutput {
      precondition(request.part == .whole, "what the model wrote is not known")
      let bytes = try model.writeSecondMoments(
        of: text.given + state.texts, named: text.names, to: outputs[outputs.count - 1], session,
        check: job.checkUnchanged)
      covariance = CalibrationReport.Covariance(path: path, bytes: bytes)
    }
    try job.checkUnchanged()

    let file = StatisticsWriter(
      state.sums, datasets: text.names, chunkCount: job.sequences, chunkSize: model.sequence)
    // The statistics come last, so that a calibration whose statistics are there is complete.
    if request.legacyOutput != nil, let uncertainty = try file.writeLegacy(to: outputs[1]) {
      session.note(uncertainty)
    }
    if let uncertainty = try file.write(to: outputs[0]) { session.note(uncertainty) }
    checkpoint.remove()
    if request.part == .finish { batches.remove() }
    return CalibrationReport(
      path: request.output, texts: text.names, sequences: job.sequences,
      writtenSequences: text.written, tokensPerSequence: model.sequence,
      convergence: Convergence(state, of: model.file), clipping: Clipping(state.sums),
      covariance: covariance)
  }

  /// What the whole text comes to, from where an earlier run was ended.
  private static func state(
    of job: CalibrationJob, _ checkpoint: CalibrationCheckpoint, _ session: Session
  ) throws -> CalibrationState {
    var state = try checkpoint.load(session)
    func save(_ state: CalibrationState) throws {
      try job.checkWeights()
      try checkpoint.save(state)
    }
    try job.model.write(job.text.written, into: &state, session, save: save)
    try job.model.calibrate(on: job.text, into: &state, session, save: save)
    return state
  }
}

/// Runs a share of a calibration's batches, each into a file beside the output.
package enum CalibrateShareWorkflow: Workflow {
  package static func run(
    _ request: CalibrateRequest, to _: [Reservation], _ session: Session
  ) throws -> CalibrationShareReport {
    guard case .share(let share) = request.part else { preconditionFailure("not a share") }
    let job = try CalibrationJob(request, session)
    let count = try CalibrationBatches(job, output: request.output, session).run(share)
    return CalibrationShareReport(
      path: request.output, share: "\(share)", batches: count, of: job.work.batches)
  }
}
