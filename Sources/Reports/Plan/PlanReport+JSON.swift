import GGUF
import Measurement
import NeuralNetwork
import Planning
import Statistics

extension PlanReport {
  /// The plan for programs.
  ///
  /// `bytes` is the exact size of the file; a tensor's `bytes` are its own. Of `predicted_kld` and
  /// `predicted_error` the one that does not apply is null; every `predicted` is in `unit`.
  package var document: any Encodable { Document(self) }

  private struct Document: Encodable {
    let bpw: Double
    let bytes: Int
    let unit: String
    let knowledge: String
    @Nullable var predictedKLD: Double?
    @Nullable var predictedError: Double?
    let standardError: Double
    let lowerBound: Double
    let gap: Double
    let optimal: Bool
    @Nullable var skeleton: String?
    let pools: [Pool]
    @Nullable var context: Context?
    @Nullable var reading: Reading?
    @Nullable var evaluation: Evaluation.Document?
    let trials: [Trial]
    let moves: [Move]
    let constraints: [Price]
    let baselines: [Baseline]
    let tensors: [Tensor]

    init(_ report: PlanReport) {
      let plan = report.plan
      bpw = report.bitsPerWeight
      bytes = report.fileBytes
      unit = plan.unit.rawValue
      knowledge = report.knowledge
      predictedKLD = plan.unit == .nats ? plan.loss : nil
      predictedError = plan.unit == .nats ? nil : plan.loss
      standardError = plan.standardError
      lowerBound = plan.lowerBound
      gap = plan.gap
      optimal = plan.isOptimal
      skeleton = report.skeleton
      pools = plan.pools.map {
        Pool(name: $0.pool, budget: $0.budget, bytes: $0.bytes, marginalGain: $0.marginalGain)
      }
      context = report.context.map {
        Context(
          tokens: $0.cache.context, kvType: $0.cache.type.name, kvBytes: $0.cache.bytes,
          computeBytes: $0.buffer.bytes)
      }
      reading = report.reading.map(Reading.init)
      evaluation = report.evaluation.map(Evaluation.Document.init)
      trials = report.trials.map {
        Trial(
          variation: $0.variation, predicted: $0.predicted, kld: $0.kld.value,
          standardError: $0.kld.error, chosen: $0.isChosen)
      }
      moves = plan.moves.map {
        Move(
          tensor: $0.tensor, from: $0.from.name, to: $0.to.name, steps: $0.steps, bytes: $0.bytes,
          gain: $0.gain, reason: report.reason(of: $0))
      }
      constraints = plan.prices.map { Price(constraint: $0.constraint, predicted: $0.loss) }
      baselines = plan.baselines.map {
        Baseline(name: $0.kind.name, fits: $0.fits, predicted: $0.loss, bytes: $0.bytes)
      }
      tensors = plan.entries.map {
        Tensor(
          name: $0.name, type: $0.type.name, bytes: $0.bytes, predicted: $0.loss,
          standardError: $0.standardError, reason: $0.reason.sentence(in: plan.unit))
      }
    }
  }

  private struct Reading: Encodable {
    let bytesPerToken: Int
    let seconds: [Double]
    let source: String
    let tokensPerSecond: Double

    init(_ reading: TokenReading) {
      bytesPerToken = reading.bytes
      seconds = reading.parts.map(\.seconds)
      source = reading.source.rawValue
      tokensPerSecond = reading.tokensPerSecond
    }
  }

  private struct Trial: Encodable {
    @Nullable var variation: String?
    let predicted: Double
    let kld: Double
    let standardError: Double
    let chosen: Bool
  }

  private struct Pool: Encodable {
    @Nullable var name: String?
    let budget: Int
    let bytes: Int
    let marginalGain: Double
  }

  private struct Context: Encodable {
    let tokens: Int
    let kvType: String
    let kvBytes: Int
    let computeBytes: Int
  }

  private struct Move: Encodable {
    let tensor: String
    let from: String
    let to: String
    let steps: Int
    let bytes: Int
    let gain: Double
    let reason: String
  }

  private struct Price: Encodable {
    let constraint: String
    let predicted: Double
  }

  private struct Baseline: Encodable {
    let name: String
    let fits: Bool
    let predicted: Double
    let bytes: Int
  }

  private struct Tensor: Encodable {
    let name: String
    let type: String
    let bytes: Int
    let predicted: Double
    let standardError: Double
    let reason: String
  }
}
