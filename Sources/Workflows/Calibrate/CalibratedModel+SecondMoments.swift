import GGUF
import NeuralNetwork
import Statistics

extension CalibratedModel {
  /// Runs the sequences forward once more, and writes the second moments of what linear layers read.
  ///
  /// - Parameters:
  ///   - names: those of the texts.
  ///   - check: called when all is computed; what it throws keeps the file from getting its name.
  /// - Returns: The size of the file.
  func writeSecondMoments(
    of sequences: [[Int32]], named names: [String], to output: Reservation, _ session: Session,
    check: () throws -> Void
  ) throws -> Int {
    let tokens = sequences.count * sequence
    let writer = try SecondMomentWriter(
      network.secondMomentSites, model: ContentDigest(fingerprintOf: file), texts: names,
      tokens: tokens, sequence: sequence, to: output, pause: session.interruption.check)
    let progress = TokenProgress("correlating", tokens: tokens, session)
    defer { progress.end() }
    try network.takeSecondMoments(of: sequences, progress: progress.part(tokens)) {
      site, half, slices in
      for (slice, sums) in slices.enumerated() {
        try session.interruption.check()
        try writer.write(
          site: site, slice: slice, half: half, sums: sums?.values, tokens: sums?.tokens ?? 0,
          on: session.workers)
      }
      if half == 1 { try writer.complete(site: site) }
    }
    try check()
    if let uncertainty = try writer.finish(by: session.workers) { session.note(uncertainty) }
    return writer.fileBytes
  }
}
