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

  /// Tokens that both know.
  package var vocabulary: Int { base.vocabulary }

  /// What both think of each token in the second half of each sequence, which has at least as many
  /// before it: what `llama-perplexity` counts.
  ///
  /// A layer of one model is in memory at a time, and at the end both output heads. Longer texts are
  /// read in several rounds, for each of which all weights are decoded. Models with a head that drafts are asked for its
  /// drafts too.
  ///
  /// - Parameters:
  ///   - sequences: texts that do not see each other, each of at least `shortestSequence` tokens.
  ///   - file: where the predictions of the base are kept, opened for these sequences. Those that are there are read,
  ///     and the base is run over the rest alone. Without one it is run over all, and nothing is kept.
  ///   - progress: called after every batch of sequences in every layer.
  /// - Throws: `NonFiniteLogits`, and what reading the models, or the file, throws.
  package func divergences(
    over sequences: [[Int32]], base file: PredictionFile? = nil,
    progress: Network.Progress = { _, _ in }
  ) throws -> [TokenDivergence] {
    let plan = EvaluationRounds(
      sequences: sequences.count, longest: sequences.map(\.count).max() ?? 1,
      featuresPerToken: base.featuresPerToken + quantized.featuresPerToken)
    let missing = file.map { Set($0.missing) }
    let rounds = plan.rounds.map { round in
      Round(batches: plan.batches(Array(round)), missing: missing)
    }
    let total = rounds.reduce(0) { total, round in
      total + round.unknownBatches.count * base.layersOfEvaluation
        + round.batches.count * quantized.layersOfEvaluation
    }
    var done = 0
    var divergences: [TokenDivergence] = []
    for round in rounds {
      divergences += try self.divergences(of: round, over: sequences, missing, file) {
        done += 1
        try progress(done, total)
      }
    }
    if missing?.isEmpty == false { try file?.synchronize() }
    return divergences
  }

  /// The shortest sequence that has a second half to predict.
  package static let shortestSequence = 4

  /// The positions of a sequence whose predictions are compared. The last token has none after it to predict.
  static func comparedPositions(ofTokens count: Int) -> Range<Int> { count / 2..<count - 1 }

  /// Sequences that are compared together, by their numbers.
  private struct Round {
    let batches: [[Int]]
    /// Those that the base has to be run over. It sees whole batches, whatever is known of them, so that its
    /// predictions have the same bits as if nothing were.
    let unknownBatches: [[Int]]

    /// - Parameter missing: the numbers of sequences of which nothing is kept; nil for all.
    init(batches: [[Int]], missing: Set<Int>?) {
      self.batches = batches
      unknownBatches = batches.filter { batch in
        missing.map { !$0.isDisjoint(with: batch) } ?? true
      }
    }
  }

  /// - Parameter step: called after every batch in every layer.
  private func divergences(
    of round: Round, over sequences: [[Int32]], _ missing: Set<Int>?, _ file: PredictionFile?,
    step: () throws -> Void
  ) throws -> [TokenDivergence] {
    func states(of network: Network, over batches: [[Int]]) throws -> SequenceStates {
      try SequenceStates(
        of: network, over: batches.map { $0.map { sequences[$0] } }, step: step)
    }
    var baseStates: SequenceStates?
    if !round.unknownBatches.isEmpty {
      let found = try states(of: base, over: round.unknownBatches)
      if let file, let missing {
        try keep(found, of: round.unknownBatches.flatMap(\.self), missing, sequences, in: file)
      } else {
        baseStates = found
      }
    }
    let states = try states(of: quantized, over: round.batches)
    let head = try quantized.outputHead()
    let baseHead = file == nil ? try base.outputHead() : nil
    return try round.batches.flatMap(\.self).enumerated().flatMap { index, number in
      let base: BasePredictions =
        if let file { .kept(file, chunk: number) } else {
          .computed(
            baseStates!.hidden[index], baseHead!, drafts: baseStates!.drafts.map { $0[index] })
        }
      return try compare(
        base, states.hidden[index], head, drafts: states.drafts.map { $0[index] },
        of: sequences[number])
    }
  }

  /// Writes what the base predicts of those sequences of which nothing is kept.
  private func keep(
    _ states: SequenceStates, of numbers: [Int], _ missing: Set<Int>, _ sequences: [[Int32]],
    in file: PredictionFile
  ) throws {
    let head = try base.outputHead()
    for (index, number) in numbers.enumerated() where missing.contains(number) {
      let hidden = states.hidden[index]
      for rows in head.pieces(of: hidden) {
        do {
          try file.write(
            head.logits(of: hidden.rows(rows)), at: rows, ofChunk: number,
            sequences[number], drafts: states.drafts.map { $0[index] })
        } catch is PredictionFile.NonFinitePrediction {
          throw NonFiniteLogits(base: base.path, quantized: base.path)
        }
      }
      try file.finish(chunk: number)
    }
  }

  /// What the base predicts of a sequence at the tokens that are compared.
  private enum BasePredictions {
    /// What its output head sees of them, and what its draft holds for the likeliest.
    case computed(Matrix, OutputHead, drafts: [Int32]?)
    case kept(PredictionFile, chunk: Int)
  }

  /// Compares what both make of a sequence at the tokens that are compared.
  private func compare(
    _ base: BasePredictions, _ hidden: Matrix, _ head: OutputHead, drafts: [Int32]?,
    of sequence: [Int32]
  ) throws -> [TokenDivergence] {
    var divergences: [TokenDivergence] = []
    let first = Self.comparedPositions(ofTokens: sequence.count).lowerBound
    for rows in head.pieces(of: hidden) {
      let logits = head.logits(of: hidden.rows(rows))
      let baseLogits: Matrix
      let baseDrafts: [Int?]
      var kept: [PredictionFile.Row]?
      switch base {
      case .computed(let hidden, let head, let drafts):
        baseLogits = head.logits(of: hidden.rows(rows))
        baseDrafts = rows.map { row in drafts.map { Int($0[row]) } }
      case .kept(let file, let chunk):
        baseLogits = Matrix(rows: rows.count, columns: logits.columns)
        let found = try file.read(rows, ofChunk: chunk, into: baseLogits)
        baseDrafts = found.map(\.draft)
        kept = found
      }
      let slots = Mutex([TokenDivergence?](repeating: nil, count: rows.count))
      self.base.workers.forEach(rows.count) { row in
        let divergence = TokenDivergence(
          base: baseLogits.row(row), quantized: logits.row(row),
          next: Int(sequence[first + rows.lowerBound + row + 1]))
        slots.withLock { $0[row] = divergence }
      }
      let found = slots.withLock { $0.compactMap(\.self) }
      for row in found.indices {
        var divergence = kept.map { found[row].with($0[row]) } ?? found[row]
        if let draft = drafts?[rows.lowerBound + row], let baseDraft = baseDrafts[row] {
          divergence.drafted = DraftedToken(
            base: baseDraft == divergence.baseTop, quantized: Int(draft) == divergence.top)
        }
        divergences.append(divergence)
      }
    }
    guard divergences.allSatisfy(\.isFinite) else {
      throw NonFiniteLogits(base: self.base.path, quantized: quantized.path)
    }
    return divergences
  }
}

extension Network {
  /// The layers that an evaluation runs, one that drafts among them.
  fileprivate var layersOfEvaluation: Int { layers + (drafts ? 1 : 0) }
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
