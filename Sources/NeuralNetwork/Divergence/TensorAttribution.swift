package import GGUF

/// What the quantization of one tensor does by itself.
package struct TensorAttribution: Sendable {
  /// The tensor as the quantized model has it.
  package let tensor: TensorDescriptor
  /// The mean KLD in nats per token of the base with this tensor alone quantized.
  package let kld: Estimate

  package init(tensor: TensorDescriptor, kld: Estimate) {
    self.tensor = tensor
    self.kld = kld
  }
}
