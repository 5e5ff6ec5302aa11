import Calibration
import GGUF
package import Reports

/// Calibrates: runs a model forward and backward over text, and keeps what its weights met.
package enum CalibrateWorkflow {
  package static func run(
    _ request: CalibrateRequest, _ session: Session
  ) throws -> CalibrationReport {
    let model = try CalibratedModel(request, session)
    var text = try model.text()
    for output in model.outputs {
      try WholeFile.checkWritable(output, inputs: model.inputs, overwrite: request.overwrite)
    }
    let checkpoint = CalibrationCheckpoint(
      path: "\(request.output).checkpoint", key: try model.key(of: text, session),
      inputs: model.inputs)
    var state = checkpoint.load(session)

    if case .sampled = request.text {
      try model.write(into: &state, session) { try checkpoint.save($0) }
      text.sequences = state.texts
    }
    try model.calibrate(on: text.sequences, into: &state, session) { try checkpoint.save($0) }

    let file = StatisticsWriter(
      state.sums, datasets: text.names, chunkCount: text.sequences.count,
      chunkSize: model.sequence)
    if let path = request.legacyOutput {
      let uncertainty = try file.writeLegacy(
        to: path, inputs: model.inputs, overwrite: request.overwrite)
      if let uncertainty { session.note(uncertainty) }
    }
    let uncertainty = try file.write(
      to: request.output, inputs: model.inputs, overwrite: request.overwrite)
    if let uncertainty { session.note(uncertainty) }
    checkpoint.remove()
    return CalibrationReport(
      path: request.output, texts: text.names, sequences: text.sequences.count,
      tokensPerSequence: model.sequence, convergence: Convergence(state, of: model.file))
  }
}
