package import GGUF

/// What a generated token reads from memory, and how fast that is.
package struct TokenReading: Sendable {
  /// What is read from one memory.
  package struct Part: Sendable, Equatable {
    /// Bytes of weights.
    package let bytes: Int
    /// Seconds that they take.
    package let seconds: Double

    package init(bytes: Int, seconds: Double) {
      self.bytes = bytes
      self.seconds = seconds
    }
  }

  /// What speeds rest on.
  package enum Source: String, Sendable {
    /// A bandwidth that stands for an unknown one.
    case yardstick
    /// The bandwidths that the user has said.
    case bandwidth
    /// What was measured for each type.
    case speeds
  }

  /// By memory, the pools of a plan in their order.
  package let parts: [Part]
  /// Of each memory.
  package let rates: [MemoryRate]
  /// What the rates rest on.
  package let source: Source
  /// The types that take a hundredth of the time or more and were not measured, where others were; the slowest that was
  /// measured stands for them.
  package let unmeasured: [TensorType]
  /// The experts of a layer that are read; nil in a dense model.
  package let experts: TokenReads.Experts?

  /// A tensor that a token reads.
  package struct Tensor: Sendable {
    let name: String
    let rows: Int
    let type: TensorType
    let bytes: Int
    let pool: Int

    /// A tensor in the memory of this number.
    package init(name: String, rows: Int, type: TensorType, bytes: Int, pool: Int) {
      self.name = name
      self.rows = rows
      self.type = type
      self.bytes = bytes
      self.pool = pool
    }
  }

  /// What tensors read.
  package init(_ timing: TokenTiming, of tensors: [Tensor], source: Source) {
    var bytes = [Double](repeating: 0, count: timing.rates.count)
    var seconds = bytes
    var unmeasured: [TensorType: Double] = [:]
    for tensor in tensors {
      let share = timing.reads.share(of: tensor.name, rows: tensor.rows)
      bytes[tensor.pool] += share * Double(tensor.bytes)
      let time = timing.seconds(
        tensor.name, rows: tensor.rows, tensor.type, bytes: tensor.bytes, pool: tensor.pool)
      seconds[tensor.pool] += time
      if case .measured(let speeds) = timing.rates[tensor.pool], speeds[tensor.type] == nil {
        unmeasured[tensor.type, default: 0] += time
      }
    }
    // A model has fewer than 2⁵³ bytes.
    parts = zip(bytes, seconds).map { Part(bytes: Int(min($0, 0x1p53)), seconds: $1) }
    rates = timing.rates
    self.source = source
    let all = seconds.reduce(0, +)
    self.unmeasured = unmeasured.filter { $0.value >= all / 100 }.keys.sorted { $0.id < $1.id }
    experts = timing.reads.experts
  }

  /// Bytes of weights that a token reads.
  package var bytes: Int { parts.reduce(0) { $0 + $1.bytes } }

  /// Tokens a second.
  package var tokensPerSecond: Double {
    let seconds = parts.reduce(0) { $0 + $1.seconds }
    return seconds > 0 ? 1 / seconds : .infinity
  }
}
