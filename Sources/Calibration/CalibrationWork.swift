import GGUF
package import NeuralNetwork

/// The work that a calibration of a network has to do, which what it has done so far must agree with.
package struct CalibrationWork: Sendable {
  private let network: Network
  /// How many sequences are of given texts.
  private let given: Int
  /// How many sequences the model writes itself.
  private let written: Int
  /// Tokens of each.
  private let length: Int
  /// Sequences that run together.
  package let batch: Int

  /// - Parameters:
  ///   - given: how many sequences are of given texts.
  ///   - written: how many the model writes itself, which follow them.
  ///   - length: the tokens of each.
  package init(_ network: Network, given: Int, written: Int, length: Int) {
    self.network = network
    self.given = given
    self.written = written
    self.length = length
    let sequences = given + written
    // About 2048 tokens, which decoding weights is little work beside and whose activations fit in memory, but a
    // sixteenth of all at most, since errors are estimated from the variation between batches.
    batch = max(1, min(2048 / length, sequences / 16))
  }

  /// The sites of the network as a checkpoint names them: the weights of each, separated by commas, sorted.
  var sites: [String] {
    network.sites.map { $0.weights.map(\.name).joined(separator: ",") }.sorted()
  }

  /// How many batches there are.
  package var batches: Int { (given + written + batch - 1) / batch }

  /// The sequences of a batch.
  package func sequences(ofBatch number: Int) -> Range<Int> {
    number * batch..<min((number + 1) * batch, given + written)
  }

  /// Whether a state is what one batch by itself can have come to.
  func allows(_ state: CalibrationState, asBatch number: Int) -> Bool {
    state.texts.isEmpty && state.batches == 1
      && allows(sumsOf: state, sequences: sequences(ofBatch: number).count)
  }

  /// Whether a state is one that this work can have come to.
  func allows(_ state: CalibrationState) -> Bool {
    guard
      state.texts.allSatisfy({ text in
        text.count == length && text.allSatisfy { 0..<network.vocabulary ~= Int($0) }
      })
    else { return false }
    guard state.batches > 0 else {
      return state.sums == CalibrationSums() && state.traces.isEmpty
        && state.texts.count > 0 && state.texts.count <= written
    }
    return state.texts.count == written && state.batches <= batches
      && allows(sumsOf: state, sequences: min(state.batches * batch, given + written))
  }

  /// Whether so many sequences can have come to the sums and traces of a state.
  private func allows(sumsOf state: CalibrationState, sequences: Int) -> Bool {
    let lookups = network.lookups(ofTextOf: length).mapValues { Double(sequences * $0) }
    return network.allows(state.sums)
      && state.sums.lookups.mapValues { $0.tokens.reduce(0, +) } == lookups
      && Set(state.traces.keys) == Set(state.sums.fisherTraces.keys)
      && state.traces.values.allSatisfy { traces in
        traces.count == state.batches && traces.allSatisfy { $0.isFinite && $0 >= 0 }
      }
  }
}
