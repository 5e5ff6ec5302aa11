import GGUF
package import NeuralNetwork

/// The work that a calibration of a network has to do, which what it has done so far must agree with.
package struct CalibrationWork: Sendable {
  private let network: Network
  /// How many sequences there are.
  private let sequences: Int
  /// Tokens of each.
  private let length: Int
  /// Sequences that run together.
  package let batch: Int
  /// Whether the model writes the sequences itself.
  private let isSampled: Bool

  /// - Parameters:
  ///   - sequences: how many there are.
  ///   - length: the tokens of each.
  ///   - isSampled: whether the model writes them itself.
  package init(_ network: Network, sequences: Int, length: Int, isSampled: Bool) {
    self.network = network
    self.sequences = sequences
    self.length = length
    self.isSampled = isSampled
    // About 2048 tokens, which decoding weights is little work beside and whose activations fit in memory, but a
    // sixteenth of all at most, since errors are estimated from the variation between batches.
    batch = max(1, min(2048 / length, sequences / 16))
  }

  /// The sites of the network as a checkpoint names them: the weights of each, separated by commas, sorted.
  var sites: [String] {
    network.sites.map { $0.weights.map(\.name).joined(separator: ",") }.sorted()
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
        && isSampled && 1...sequences ~= state.texts.count
    }
    let tokens = min(state.batches * batch, sequences) * length
    return state.texts.count == (isSampled ? sequences : 0)
      && state.batches <= (sequences + batch - 1) / batch
      && network.allows(state.sums)
      && state.sums.lookups.values.allSatisfy { $0.tokens.reduce(0, +) == Double(tokens) }
      && Set(state.traces.keys) == Set(state.sums.fisherTraces.keys)
      && state.traces.values.allSatisfy { traces in
        traces.count == state.batches && traces.allSatisfy { $0.isFinite && $0 >= 0 }
      }
  }
}
