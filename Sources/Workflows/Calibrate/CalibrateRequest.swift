package import GGUF
package import LinearAlgebra

/// What `calibrate` is asked for.
package struct CalibrateRequest: CommandRequest {
  /// The path of the model.
  package var model: String
  package var text: Text
  /// How many tokens to calibrate on.
  package var tokens: Int
  /// Tokens of a sequence; nil for the usual number, but no more than the model was made for.
  package var sequence: Int?
  /// What sampled labels, and sampled texts, depend on.
  package var seed: UInt64
  /// Whether the choice of experts counts as it is, and not as one that errors may change.
  package var fixesRouting: Bool
  /// How the network multiplies.
  package var arithmetic: Arithmetic
  /// Where the statistics go.
  package var output: String
  /// Where the importance goes as a legacy imatrix too.
  package var legacyOutput: String?
  /// Where the second moments of what weights read go.
  package var covarianceOutput: String?
  package var overwrite: Bool
  /// Which batches of sequences to run.
  package var part: WorkPart

  /// What to calibrate on.
  package enum Text: Sendable {
    /// The contents of these files, and where they are too short, behind them what the model writes.
    case files([String])
    /// What the model writes by itself at temperature 1.
    case sampled
  }

  /// 64 sequences of the usual length. Dense models need less: on Folio 4M, Σ g h of the median weight
  /// is known to 4.6 % after 4,096 tokens and to 1.8 % after these, which could make a plan better by
  /// 0.1 and 0.02 %. But of 128 experts of which 8 are used each sees a sixteenth; on Anthology 14M, of
  /// whose 16 experts 2 are used, it is known to 3.0 %.
  package static let usualTokens = 32_768
  /// What importance matrices are customarily made with.
  package static let usualSequence = 512

  package init(
    model: String, text: Text, tokens: Int = usualTokens, sequence: Int? = nil, seed: UInt64 = 0,
    fixesRouting: Bool = false, arithmetic: Arithmetic = .bfloat, output: String,
    legacyOutput: String? = nil, covarianceOutput: String? = nil, overwrite: Bool = false,
    part: WorkPart = .whole
  ) {
    self.model = model
    self.text = text
    self.tokens = tokens
    self.sequence = sequence
    self.seed = seed
    self.fixesRouting = fixesRouting
    self.arithmetic = arithmetic
    self.output = output
    self.legacyOutput = legacyOutput
    self.covarianceOutput = covarianceOutput
    self.overwrite = overwrite
    self.part = part
  }

  /// The outputs: the statistics, then the legacy file, then the second moments. What a share writes is held batch by
  /// batch.
  package var files: CommandFiles {
    if case .share = part { return CommandFiles(inputs: [model] + textPaths) }
    return CommandFiles(
      inputs: [model] + textPaths,
      outputs: [output, legacyOutput, covarianceOutput].compactMap { $0 }.map {
        CommandFiles.Output([$0], overwrite: overwrite)
      },
      kept: [.checkpoint(CalibrationCheckpoint.path(of: output))])
  }

  /// Texts that are read.
  var textPaths: [String] {
    switch text {
    case .files(let paths): paths
    case .sampled: []
    }
  }
}
