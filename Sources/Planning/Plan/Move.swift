package import GGUF

/// A tensor that a plan gives another type than the skeleton does, and why.
package struct Move: Sendable, Equatable {
  /// The tensor's name.
  package let tensor: String
  /// The skeleton's type.
  package let from: TensorType
  /// The plan's type.
  package let to: TensorType
  /// Steps on the ladder of types that the tensor, or its group, may take: up where positive.
  package let steps: Int
  /// The bytes it takes more than under the skeleton, or frees where negative.
  package let bytes: Int
  /// By how much its predicted loss falls, or rises where negative.
  package let gain: Double
  /// The constraint that forces it, or nil where it is part of the optimum.
  package let forcedBy: String?

  /// A move.
  package init(
    tensor: String, from: TensorType, to: TensorType, steps: Int, bytes: Int, gain: Double,
    forcedBy: String?
  ) {
    self.tensor = tensor
    self.from = from
    self.to = to
    self.steps = steps
    self.bytes = bytes
    self.gain = gain
    self.forcedBy = forcedBy
  }

  /// Why it pays, as a short sentence without a full stop.
  ///
  /// - Parameter price: the loss that a byte saves at the margin of the plan.
  package func sentence(unit: String, price: Double) -> String {
    if let forcedBy { return forcedBy }
    let worth = price * Double(abs(bytes))
    let atTheMargin = worth > 0 ? ", worth \(worth.short) at the margin" : ""
    return switch (gain >= 0, bytes > 0) {
    case (true, true): "saves \(gain.short) \(unit) for \(bytes.shortBytes)\(atTheMargin)"
    case (true, false): "saves \(gain.short) \(unit) and takes no more bytes"
    case (false, _):
      "frees \((-bytes).shortBytes)\(atTheMargin), for \((-gain).short) \(unit)"
    }
  }
}
