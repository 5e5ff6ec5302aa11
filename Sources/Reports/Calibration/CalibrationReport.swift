package import Calibration
package import GGUF
import NeuralNetwork

/// A calibration that was done, to be shown.
package struct CalibrationReport: Report {
  package static let schema = Schema.calibrate

  /// Where the statistics are.
  package let path: String
  /// Names of the texts.
  package let texts: [String]
  package let sequences: Int
  /// How many of the sequences the model has written.
  package let writtenSequences: Int
  package let tokensPerSequence: Int
  package let convergence: Convergence
  /// What was clipped; nil where nothing was summed up.
  package let clipping: Clipping?
  /// The file of second moments; nil where none was asked for.
  package let covariance: Covariance?

  /// A file of second moments that was written.
  package struct Covariance: Sendable {
    package let path: String
    package let bytes: Int

    package init(path: String, bytes: Int) {
      self.path = path
      self.bytes = bytes
    }
  }

  package init(
    path: String, texts: [String], sequences: Int, writtenSequences: Int, tokensPerSequence: Int,
    convergence: Convergence, clipping: Clipping?, covariance: Covariance? = nil
  ) {
    self.path = path
    self.texts = texts
    self.sequences = sequences
    self.writtenSequences = writtenSequences
    self.tokensPerSequence = tokensPerSequence
    self.convergence = convergence
    self.clipping = clipping
    self.covariance = covariance
  }

  /// Tokens in all.
  package var tokens: Int { sequences * tokensPerSequence }

  /// The weights that are known worst, the worst first.
  private var worst: [Convergence.Weight] {
    let known = convergence.weights.filter { $0.error != nil }
    return Array(known.sorted { ($1.error!, $0.name) < ($0.error!, $1.name) }.prefix(5))
  }
}

extension CalibrationReport {
  /// The calibration in words and figures.
  package func text(columns: Int?) -> String {
    """
    \(path.escaped): \(convergence.weights.count) tensors, from \(tokens) tokens in \(sequences) \
    sequences\(written), \(texts.map(\.escaped).joined(separator: ", "))
    \(clipped)\(second)\(certainty(columns))
    """
  }

  /// What was clipped, where something was.
  private var clipped: String {
    guard let clipping, clipping.share > 0 else { return "" }
    return """
      \(Figures.percent(clipping.share)) of the tokens had gradients so large that they count less: as \
      \(Figures.short(clipping.limit)) median tokens; the largest was \(Figures.short(clipping.largest)), at \
      \(clipping.weight.escaped)

      """
  }

  /// What the model has written, where it has added to other texts.
  private var written: String {
    0 < writtenSequences && writtenSequences < sequences
      ? " (\(writtenSequences) of them written by the model)" : ""
  }

  private var second: String {
    covariance.map {
      "\($0.path.escaped): second moments of what they read, \(Figures.size($0.bytes))\n"
    } ?? ""
  }

  private func certainty(_ columns: Int?) -> String {
    guard let median = convergence.medianError, let gain = convergence.planGain else {
      return "too few sequences to tell how certain the statistics are\n"
    }
    var table = TextTable([.left("least certain"), .right("Σ g h"), .right("standard error")])
    for weight in worst {
      table.add([
        .left(weight.name), .right(Figures.short(weight.trace)),
        .right(Figures.percent(weight.error!)),
      ])
    }
    return """
      Σ g h of a tensor is known to \(Figures.percent(median)) (median); with endless text a plan \
      could lose \(Figures.short(100 * gain)) % less at most
      \(table.text(columns: columns))
      """
  }

  /// The calibration for programs, every tensor with its standard error.
  package var document: any Encodable {
    Document(
      path: path, texts: texts, tokens: tokens, sequences: sequences,
      writtenSequences: writtenSequences, tokensPerSequence: tokensPerSequence,
      medianStandardError: convergence.medianError, planGain: convergence.planGain,
      clipping: clipping.map {
        Document.Clipped(
          limit: $0.limit, share: $0.share, largest: $0.largest, tensor: $0.weight)
      },
      tensors: convergence.weights.map {
        Document.Tensor(name: $0.name, trace: $0.trace, standardError: $0.error)
      },
      covariance: covariance.map { Document.Covariance(path: $0.path, bytes: $0.bytes) })
  }

  private struct Document: Encodable {
    let path: String
    let texts: [String]
    let tokens: Int
    let sequences: Int
    let writtenSequences: Int
    let tokensPerSequence: Int
    @Nullable var medianStandardError: Double?
    @Nullable var planGain: Double?
    @Nullable var clipping: Clipped?
    let tensors: [Tensor]
    @Nullable var covariance: Covariance?

    struct Covariance: Encodable {
      let path: String
      let bytes: Int
    }

    struct Clipped: Encodable {
      let limit: Double
      let share: Double
      let largest: Double
      let tensor: String
    }

    struct Tensor: Encodable {
      let name: String
      let trace: Double
      @Nullable var standardError: Double?
    }
  }
}
