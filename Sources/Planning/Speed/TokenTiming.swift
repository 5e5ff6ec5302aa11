package import GGUF

/// How long a program takes for a token that it generates, where nothing but going through weights takes time: one
/// memory after the other, at an empty context.
package struct TokenTiming: Sendable {
  package let reads: TokenReads
  /// Of each memory, the pools of a plan in their order.
  package let rates: [MemoryRate]
  /// The tokens a second that a plan has to reach; nil for any number.
  package var minSpeed: Double?

  package init(_ reads: TokenReads, rates: [MemoryRate], minSpeed: Double? = nil) {
    self.reads = reads
    self.rates = rates
    self.minSpeed = minSpeed
  }

  /// Seconds that a tensor takes of a token.
  ///
  /// - Parameters:
  ///   - bytes: all of the tensor.
  ///   - pool: the number of the memory that it lies in.
  func seconds(_ name: String, rows: Int, _ type: TensorType, bytes: Int, pool: Int) -> Double {
    reads.share(of: name, rows: rows) * Double(bytes) / rates[pool].bytesPerSecond(type)
  }

  /// A tensor whose candidates know their seconds.
  func timed(_ tensor: MeasuredTensor, pool: Int) -> MeasuredTensor {
    func seconds(_ type: TensorType, _ bytes: Int) -> Double {
      self.seconds(tensor.name, rows: tensor.shape.rows, type, bytes: bytes, pool: pool)
    }
    return MeasuredTensor(
      name: tensor.name, shape: tensor.shape, type: tensor.type, bytes: tensor.bytes,
      seconds: seconds(tensor.type, tensor.bytes),
      candidates: tensor.candidates.map {
        var candidate = $0
        candidate.seconds = seconds($0.type, $0.bytes)
        return candidate
      }, keepReason: tensor.keepReason)
  }
}
