package import GGUF
import Measurement
package import Planning
package import Statistics

/// What every further byte buys in a model, beside what is commonly taken, to be shown.
package struct FrontierReport: RecordReport {
  package static let schema = Schema.frontier

  /// A known mix of types that the frontier is compared with.
  package struct Reference: Sendable {
    /// Where a mix comes from.
    package enum Kind: String, Sendable, CaseIterable {
      /// One type for all tensors.
      case type = "single type"
      /// A recipe that others made.
      case skeleton
    }

    /// The name of the mix.
    package let name: String
    /// The origin of the mix.
    package let kind: Kind
    /// Bytes, counted as those of the frontier are.
    package let bytes: Int
    /// The predicted loss.
    package let loss: Double

    /// A mix of this name and cost.
    package init(name: String, kind: Kind, bytes: Int, loss: Double) {
      self.name = name
      self.kind = kind
      self.bytes = bytes
      self.loss = loss
    }
  }

  /// The name of the model.
  package let model: String
  /// The breakpoints to show.
  package let frontier: Frontier
  /// The choices that the frontier is of, in the same order.
  package let choices: [Choice]
  /// By size.
  package let references: [Reference]
  /// Weights in all tensors.
  package let elements: Int
  /// Bytes counted in sizes but not in bits per weight.
  package let fixedBytes: Int
  /// What losses are counted in.
  package let unit: LossUnit
  /// Whether breakpoints know how long a token takes.
  package let hasSpeeds: Bool

  /// A report of a frontier of `choices`.
  package init(
    model: String, frontier: Frontier, of choices: [Choice], references: [Reference],
    elements: Int, fixedBytes: Int, unit: LossUnit, hasSpeeds: Bool = false
  ) {
    self.model = model
    self.frontier = frontier
    self.choices = choices
    self.references = references.sorted { ($0.bytes, $0.name) < ($1.bytes, $1.name) }
    self.elements = elements
    self.fixedBytes = fixedBytes
    self.unit = unit
    self.hasSpeeds = hasSpeeds
  }

  /// The tokens a second of a breakpoint; nil where that is not known.
  func tokensPerSecond(_ breakpoint: Frontier.Breakpoint) -> Double? {
    hasSpeeds && breakpoint.seconds > 0 ? 1 / breakpoint.seconds : nil
  }

  /// 8 × bytes of all tensors ÷ weights of all tensors, for a size with the fixed bytes.
  func bitsPerWeight(_ bytes: Int) -> Double {
    BitsPerWeight.of(bytes: bytes - fixedBytes, weights: elements)
  }

  /// Whether a size is between those of the first and the last breakpoint.
  func spans(_ bytes: Int) -> Bool {
    guard let first = frontier.breakpoints.first, let last = frontier.breakpoints.last else {
      return false
    }
    return (first.bytes...last.bytes).contains(bytes)
  }

  /// The loss of the last breakpoint that takes no more bytes than `reference`; nil where that is
  /// not among those shown.
  func frontierLoss(at reference: Reference) -> Double? {
    guard let index = frontier.index(within: reference.bytes) else { return nil }
    let breakpoint = frontier.breakpoints[index]
    let isLast = index == frontier.breakpoints.count - 1
    guard !isLast || breakpoint.bytes == min(reference.bytes, frontier.feasible.upperBound) else {
      return nil
    }
    return breakpoint.loss
  }
}
