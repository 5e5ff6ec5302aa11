package import GGUF
import LinearAlgebra
import Synchronization
import Threads

/// A model and what it was quantized to, reading the same text.
package struct NetworkPair: Sendable {
  let base: Network
  let quantized: Network

  /// - Precondition: both have the same width and vocabulary.
  package init(base: Network, quantized: Network) {
    precondition(
      base.width == quantized.width && base.vocabulary == quantized.vocabulary,
      "networks of different models")
    self.base = base
    self.quantized = quantized
  }

  /// The tokens that run through a layer together: activations inside it may take a few hundred
  /// times a token's features.
  private static let tokensPerBatch = 2048
  /// What the features of both models between layers may take, in bytes.
  private static let featureBytes = 512 << 20

  /// What both think of each token in the second half of each sequence, which has at least as many
  /// before it: what `llama-perplexity` counts.
  ///
  /// A layer of one model is in memory at a time, and at the end both output heads. Longer texts are
  /// read in several rounds, for each of which all weights are decoded. Models with a head that drafts are asked for its
  /// drafts too.
  ///
  /// - Parameters:
  ///   - sequences: texts that do not see each other, each of at least `shortestSequence` tokens.
  ///   - progress: called after every batch of sequences in every layer.
  /// - Throws: `NonFiniteLogits`, and what reading the models throws.
  package func divergences(
    over sequences: [[Int32]], progress: Network.Progress = { _, _ in }
  ) throws -> [TokenDivergence] {
    let longest = sequences.map(\.count).max() ?? 1
    let batches = sequences.grouped(by: Self.tokensPerBatch / longest)
    let total = batches.count * (base.layersOfEvaluation + quantized.layersOfEvaluation)
    var done = 0
    var divergences: [TokenDivergence] = []
    let features = 2 * MemoryLayout<Float>.size * base.featuresPerToken * Self.tokensPerBatch
    for round in batches.grouped(by: Self.featureBytes / features) {
      divergences += try self.divergences(over: round) {
        done += 1
        try progress(done, total)
      }
    }
    return divergences
  }

  /// The shortest sequence that has a second half to predict.
  package static let shortestSequence = 4

  /// - Parameters:
  ///   - batches: sequences to run together.
  ///   - step: called after every batch in every layer.
  private func divergences(
    over batches: [[[Int32]]], step: () throws -> Void
  ) throws -> [TokenDivergence] {
    let groups = batches.map(Batch.init)
    let baseStates = try base.hiddenStates(of: groups) { _, _ in try step() }
    let baseDrafts = try base.draftStates(behind: baseStates, of: groups, progress: step)
    let states = try quantized.hiddenStates(of: groups) { _, _ in try step() }
    let drafts = try quantized.draftStates(behind: states, of: groups, progress: step)
    let heads = (base: try base.outputHead(), quantized: try quantized.outputHead())
    var divergences: [TokenDivergence] = []
    for (number, group) in groups.enumerated() {
      for (sequence, rows) in zip(batches[number], group.sequences) {
        divergences += try compare(
          baseStates[number].rows(rows), states[number].rows(rows), of: sequence, heads)
      }
    }
    guard let baseDrafts, let drafts, let baseHead = try base.draftOutputHead(),
      let head = try quantized.draftOutputHead()
    else { return divergences }
    return divergences.drafted(
      baseDrafts.flatMap(baseHead.likeliest), drafts.flatMap(head.likeliest), in: batches.joined())
  }

  /// The positions of a sequence whose predictions are compared. The last token has none after it to predict.
  fileprivate static func comparedPositions(of sequence: [Int32]) -> Range<Int> {
    sequence.count / 2..<sequence.count - 1
  }

  /// Compares what both make of a sequence.
  private func compare(
    _ baseState: Matrix, _ state: Matrix, of sequence: [Int32],
    _ heads: (base: OutputHead, quantized: OutputHead)
  ) throws -> [TokenDivergence] {
    var divergences: [TokenDivergence] = []
    let step = heads.base.tokensAtATime
    let positions = Self.comparedPositions(of: sequence)
    for start in stride(from: positions.lowerBound, to: positions.upperBound, by: step) {
      let rows = start..<min(start + step, positions.upperBound)
      let baseLogits = heads.base.logits(of: baseState.rows(rows))
      let logits = heads.quantized.logits(of: state.rows(rows))
      let slots = Mutex([TokenDivergence?](repeating: nil, count: rows.count))
      base.workers.forEach(rows.count) { row in
        let divergence = TokenDivergence(
          base: baseLogits.row(row), quantized: logits.row(row),
          next: Int(sequence[rows.lowerBound + row + 1]))
        slots.withLock { $0[row] = divergence }
      }
      divergences += slots.withLock { $0.compactMap(\.self) }
    }
    guard divergences.allSatisfy(\.isFinite) else {
      throw NonFiniteLogits(base: base.path, quantized: quantized.path)
    }
    return divergences
  }
}

extension Network {
  /// The layers that an evaluation runs, one that drafts among them.
  fileprivate var layersOfEvaluation: Int { layers + (drafts ? 1 : 0) }
}

extension [TokenDivergence] {
  /// These divergences of some sequences with what draft heads have drafted.
  ///
  /// - Parameters:
  ///   - base: the drafts of the base at every token but the first of each sequence.
  ///   - quantized: those of the quantized model.
  fileprivate func drafted(
    _ base: [Int32], _ quantized: [Int32], in sequences: some Sequence<[Int32]>
  ) -> [TokenDivergence] {
    var divergences = self
    var (first, place) = (0, 0)
    for sequence in sequences {
      for position in NetworkPair.comparedPositions(of: sequence) {
        let draft = first + position - 1
        divergences[place].drafted = DraftedToken(
          base: Int(base[draft]) == divergences[place].baseTop,
          quantized: Int(quantized[draft]) == divergences[place].top)
        place += 1
      }
      first += sequence.count - 1
    }
    return divergences
  }
}

extension Array {
  /// The elements in groups of that many, at least one, the last one perhaps shorter.
  fileprivate func grouped(by size: Int) -> [[Element]] {
    let size = Swift.max(size, 1)
    return stride(from: 0, to: count, by: size).map {
      Array(self[$0..<Swift.min($0 + size, count)])
    }
  }
}

/// A network that computed NaN or infinity.
package struct NonFiniteLogits: ClassifiedError {
  package let base: String
  package let quantized: String

  package var kind: ErrorKind { .nonFinite }

  package var description: String {
    let models = base == quantized ? [base] : [base, quantized]
    return models.map(\.escaped).joined(separator: " or ") + " computes logits that are not finite"
  }
}
