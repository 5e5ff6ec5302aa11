package import GGUF
import Measurement
package import Planning
import Statistics

/// A plan with the figures of its model, to be shown.
package struct PlanReport: Report {
  package static let schema = Schema.plan

  package let plan: Plan
  /// The exact bytes of the file that the plan will become.
  package let fileBytes: Int
  /// 8 × bytes of all tensors ÷ weights of all tensors.
  package let bitsPerWeight: Double
  /// Weights in all tensors.
  package let elements: Int
  /// What the prediction rests on, such as `row sensitivities`.
  package let knowledge: String
  /// The mix that the plan started from.
  package let skeleton: String?
  /// What the memory holds beside weights, where the plan is for a context.
  package let context: ContextMemory?
  /// What a generated token reads; nil where the model does not tell.
  package let reading: TokenReading?
  /// What the plan really loses, where it was evaluated.
  package let evaluation: Evaluation?
  /// The plans that were evaluated, where it is the best of several.
  package let trials: [PlanTrial]

  package init(
    plan: Plan, fileBytes: Int, bitsPerWeight: Double, elements: Int, knowledge: String,
    skeleton: String? = nil, context: ContextMemory? = nil,
    reading: TokenReading? = nil, evaluation: Evaluation? = nil,
    trials: [PlanTrial] = []
  ) {
    self.plan = plan
    self.fileBytes = fileBytes
    self.bitsPerWeight = bitsPerWeight
    self.elements = elements
    self.knowledge = knowledge
    self.skeleton = skeleton
    self.context = context
    self.reading = reading
    self.evaluation = evaluation
    self.trials = trials
  }

  /// Bytes that the budgets count beside tensors.
  var countedOverhead: Int { plan.bytes - plan.entries.reduce(0) { $0 + $1.bytes } }

  /// Bits per weight of a choice that takes so many of the budgets' bytes.
  func bitsPerWeight(ofBytes bytes: Int) -> Double {
    BitsPerWeight.of(bytes: bytes - countedOverhead, weights: elements)
  }
}

extension LossUnit {
  /// What a loss is called before its figure.
  var label: String {
    switch self {
    case .nats: "predicted KLD"
    case .weightedSquaredError: "predicted error"
    }
  }

  /// The unit after its figure.
  var suffix: String {
    switch self {
    case .nats: "nats per token"
    case .weightedSquaredError: "(weighted squared error per token)"
    }
  }
}
