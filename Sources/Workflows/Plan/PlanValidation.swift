import Codecs
import GGUF
import LinearAlgebra
import NeuralNetwork
import Planning
import Reports

/// Evaluates a plan before anything is written.
struct PlanValidation {
  private let base: Network
  private let text: EvaluationText.Chunks

  /// Reads the text and how the model is built, so that what cannot be run is known before anything is
  /// measured.
  init(_ text: EvaluationText, model path: String, _ session: Session) throws {
    let model = try ModelFile(path: path)
    base = try Network(model, arithmetic: .blockFloat, threads: session.threads)
    self.text = try text.read(for: model, session)
  }

  /// The best of some plans, as far as the text tells.
  struct Choice {
    let plan: Plan
    let evaluation: Evaluation
    /// The plans that were evaluated, where they are more than one.
    let trials: [PlanTrial]
  }

  /// Evaluates a plan, and variations of it, and takes the one of least KLD.
  ///
  /// - Parameters:
  ///   - plan: the one that is predicted to lose least.
  ///   - problem: what it solves.
  ///   - trials: how many plans to evaluate; fewer where fewer differ.
  func choice(
    from plan: Plan, of problem: PlanProblem, trials: Int, model: MeasuredModel,
    weighting: Weighting, _ session: Session
  ) throws -> Choice {
    var plans: [(variation: String?, plan: Plan)] = [(nil, plan)]
    if trials > 1 {
      let offered = Codec.all.map(\.type)
      for variation in PlanVariation.all(of: plan) where plans.count < trials {
        try session.interruption.check()
        let varied = variation.problem(from: problem, offered: offered) {
          model.tensors(growing: $0)
        }
        // A variation that cannot be planned is none.
        guard let other = try? Plan.optimal(for: varied),
          !plans.contains(where: { $0.plan.types == other.types })
        else { continue }
        plans.append((variation.name, other))
      }
      if plans.count < trials {
        let count = plans.count == 1 ? "1 plan differs" : "\(plans.count) plans differ"
        try session.warn("only \(count), so no more are evaluated")
      }
    }
    let evaluations = try plans.map {
      try evaluate($0.plan, of: model, weighting: weighting, session)
    }
    let best = evaluations.indices.min {
      evaluations[$0].divergence.mean.value < evaluations[$1].divergence.mean.value
    }!
    return Choice(
      plan: plans[best].plan, evaluation: evaluations[best],
      trials: plans.count < 2
        ? []
        : plans.indices.map {
          PlanTrial(
            variation: plans[$0].variation, predicted: plans[$0].plan.loss,
            kld: evaluations[$0].divergence.mean, isChosen: $0 == best)
        })
  }

  /// Compares the model with what the plan would make of it.
  private func evaluate(
    _ plan: Plan, of model: MeasuredModel, weighting: Weighting, _ session: Session
  ) throws -> Evaluation {
    let weights = QuantizedWeights(
      model.source, types: plan.entries.map(\.type),
      Encoding(weighting: weighting, unit: model.basis.measuredUnit), threads: session.threads)
    let quantized = try Network(
      model.source.file, weights: weights, arithmetic: .blockFloat, threads: session.threads)
    return try EvaluateWorkflow.evaluate(
      NetworkPair(base: base, quantized: quantized), over: text, session)
  }
}

extension Plan {
  /// The types of the tensors.
  fileprivate var types: [TensorType] { entries.map(\.type) }
}
