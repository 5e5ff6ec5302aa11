import Codecs

/// How a network multiplies matrices.
package enum Arithmetic: Sendable {
  /// In floats.
  case float
  /// Weights that `bf16` holds exactly are multiplied with inputs, and gradients, that are rounded to
  /// `bf16`, and summed in floats: twice as fast, off by about 2⁻⁹ of each input. Other weights, and
  /// processors without such instructions, multiply in floats.
  case bfloat

  /// Whether this machine has instructions that multiply `bf16`.
  package static var hasBFloat: Bool { Kernels.bfloat != nil }
}
