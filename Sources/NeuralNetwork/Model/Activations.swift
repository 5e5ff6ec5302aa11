/// How a network rounds what its weights are multiplied with.
package enum Activations: String, Sendable, CaseIterable {
  /// Not at all.
  case f32
  /// To `bf16`, whatever the weights.
  case bf16
  /// As ik_llama.cpp does on processors: mostly to integers of 8 bits, in a format that the type of the weights decides
  /// (see `ActivationFormat`).
  case q8
}
