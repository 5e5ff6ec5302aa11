package import NeuralNetwork

/// What a calibration has done so far: enough to go on from there and come to the same bits.
package struct CalibrationState: Sendable {
  /// Texts that the model has written, where it writes them itself; all of one length.
  package var texts: [[Int32]] = []
  /// The sums over all batches so far.
  package private(set) var sums = CalibrationSums()
  /// The Fisher trace of every weight in each batch so far, by the weight's name (see
  /// `CalibrationSums.fisherTraces`).
  package private(set) var traces: [String: [Double]] = [:]
  /// The batches of sequences so far.
  package var batches: Int { traces.values.first?.count ?? 0 }

  /// Nothing yet.
  package init() {}

  init(texts: [[Int32]], sums: CalibrationSums, traces: [String: [Double]]) {
    self.texts = texts
    self.sums = sums
    self.traces = traces
  }

  /// Adds what was kept of further batches.
  package mutating func add(_ other: CalibrationState) {
    sums.merge(other.sums)
    traces.merge(other.traces, uniquingKeysWith: +)
  }

  /// Adds what another batch of sequences has come to.
  package mutating func add(_ batch: CalibrationSums) {
    sums.merge(batch)
    for (name, trace) in batch.fisherTraces { traces[name, default: []].append(trace) }
  }
}
