/// What a predicted loss is counted in. Losses of different units are never added.
package enum LossUnit: String, Sendable, Codable, CaseIterable {
  /// Kullback–Leibler divergence of the quantized model's next-token distributions from the
  /// source's, nats per token: ½ Σ g h ΔW².
  case nats
  /// Expected squared error of the tensor's output per token, Σ h ΔW², where no row sensitivity is
  /// known.
  case weightedSquaredError = "weighted squared error"
}
