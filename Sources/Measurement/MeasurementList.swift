package import Codecs
package import GGUF

/// What is to be measured: pairs of a tensor and a type, each with the key under which its result is
/// remembered. The list is a value. It can be counted and run in part: results go by their keys, so whoever has measured a
/// pair, on this machine or another, has measured it for all.
package struct MeasurementList: Sendable {
  /// One tensor, and the types to try on it. They share a sample of its rows.
  package struct Entry: Sendable {
    /// The tensor.
    package let tensor: TensorDescriptor
    /// The digest of its content.
    package let content: ContentDigest
    /// How many of its rows are measured.
    package let rows: Int
    /// The types, by their codecs.
    package let trials: [Trial]

    /// - Parameters:
    ///   - metric: the key of what errors of its weights cost.
    ///   - weighting: what encoders minimise.
    ///   - moments: a digest of the second moments that errors are compensated with, in types that round in units; nil
    ///     without.
    package init(
      _ tensor: TensorDescriptor, content: ContentDigest, metric: ContentDigest,
      weighting: Weighting, moments: ContentDigest? = nil, rows: Int, codecs: [Codec]
    ) {
      self.init(
        tensor, content: content, rows: rows,
        trials: codecs.map {
          Trial(
            codec: $0,
            key: ContentDigest(
              content: content, weights: metric, codec: $0, weighting: weighting,
              moments: $0.type.isQuantized ? moments : nil, rows: rows))
        })
    }

    private init(
      _ tensor: TensorDescriptor, content: ContentDigest, rows: Int, trials: [Trial]
    ) {
      self.tensor = tensor
      self.content = content
      self.rows = rows
      self.trials = trials
    }

    /// Weights to encode in all.
    package var weights: Int { rows * tensor.columns * trials.count }

    fileprivate func filter(_ isIncluded: (Trial) -> Bool) -> Entry? {
      let rest = trials.filter(isIncluded)
      return rest.isEmpty ? nil : Entry(tensor, content: content, rows: rows, trials: rest)
    }
  }

  /// A type to try on a tensor.
  package struct Trial: Sendable {
    /// The codec of the type, which encodes and decodes.
    package let codec: Codec
    /// What the result is remembered under.
    package let key: ContentDigest
  }

  /// In the order of the model.
  package let entries: [Entry]

  package init(_ entries: [Entry]) { self.entries = entries }

  /// Pairs of a tensor and a type.
  package var count: Int { entries.reduce(0) { $0 + $1.trials.count } }

  /// Weights to encode in all: what the work grows with.
  package var weights: Int { entries.reduce(0) { $0 + $1.weights } }

  /// The keys of all pairs.
  package var keys: [ContentDigest] { entries.flatMap { $0.trials.map(\.key) } }

  /// The list without the pairs of these keys.
  package func removing(_ known: Set<ContentDigest>) -> MeasurementList {
    MeasurementList(entries.compactMap { $0.filter { !known.contains($0.key) } })
  }
}
