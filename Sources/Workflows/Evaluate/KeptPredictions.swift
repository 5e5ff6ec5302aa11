import GGUF
import NeuralNetwork
import Planning

/// Opens what is kept of a base's predictions, and tells what is the matter with it.
enum KeptPredictions {
  /// A file of so many bytes is spoken of before it is written.
  private static let large = 256 << 20

  static func open(
    _ file: KeptFile, of base: ModelFile, _ activations: Activations, vocabulary: Int,
    over text: EvaluationText.Chunks, _ session: Session
  ) throws -> PredictionFile {
    let before = try file.size
    let predictions = try PredictionFile(
      file, of: try ContentDigest(predictionsOf: base, activations), vocabulary: vocabulary,
      chunks: text.sequences, on: session.workers
    ) {
      try session.interruption.check()
      try base.checkUnchanged()
    }
    if predictions.damaged > 0 {
      session.note(
        "\(file.path.escaped) is damaged in \(predictions.damaged) of \(text.sequences.count) "
          + "chunks; the base is run over them again")
    }
    if predictions.bytes > max(before, large) {
      session.note("\(file.path.escaped) takes \(predictions.bytes.shortBytes)")
    }
    return predictions
  }
}

extension ContentDigest {
  /// A digest of what a model's predictions depend on: its weights, as far as a fingerprint goes, and what its metadata
  /// say of how it is built; and on how activations are rounded.
  fileprivate init(predictionsOf model: ModelFile, _ activations: Activations) throws {
    var hasher = ContentHasher()
    // Raise the number when the network computes something else of the same model.
    hasher.add("ration predictions 1")
    hasher.add(try ContentDigest(fingerprintOf: model))
    if activations != .f32 { hasher.add(activations.rawValue) }
    let prefix = (model.metadata["general.architecture"]?.string ?? "") + "."
    var parameters = Metadata()
    let entries = model.metadata.entries.filter { $0.key.hasPrefix(prefix) }
    for entry in entries.sorted(by: { $0.key < $1.key }) { parameters[entry.key] = entry.value }
    var bytes: [UInt8] = []
    parameters.encode(into: &bytes)
    bytes.withUnsafeBytes { hasher.add($0) }
    self = hasher.finish()
  }
}
