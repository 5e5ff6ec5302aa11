package import GGUF
package import Measurement
import NeuralNetwork
import Planning
import Statistics

extension PlanReport {
  /// The plan as a page.
  ///
  /// - Parameters:
  ///   - subject: the model that was planned.
  ///   - distortions: what the type that a tensor got does to it, by the tensor's name.
  ///   - frontier: the best plans of sizes about this one.
  package func page(
    of subject: PageSubject, distortions: [String: Distortion], frontier: FrontierReport
  ) throws -> ReportPage {
    var data = PageData(
      .plan, subject, unit: plan.unit.rawValue,
      types: plan.entries.map(\.type) + plan.moves.flatMap { [$0.from, $0.to] })
    data.tensors = plan.entries.map { entry in
      var tensor = PageTensor(name: entry.name, weights: subject.elements[entry.name])
      tensor.kept = entry.reason.isKept
      tensor.type = entry.type.name
      tensor.bytes = entry.bytes
      tensor.predicted = entry.loss.shortened
      tensor.standardError = entry.standardError.shortened
      tensor.reason = entry.reason.sentence(in: plan.unit)
      tensor.errors = distortions[entry.name].map(PageErrors.init)
      if case .chosen(let next?) = entry.reason { tensor.upgrade = PageUpgrade(next) }
      return tensor
    }
    data.plan = Embedded(document: document)
    data.frontier = PageFrontier(frontier)
    return try ReportPage(data)
  }
}

extension PlanReason {
  /// Whether the tensor keeps its type whatever the plan says.
  fileprivate var isKept: Bool {
    switch self {
    case .kept, .noTypeFits: true
    case .pinned, .onlyType, .chosen: false
    }
  }
}

extension DistortionReport {
  /// What types cost, or what quantization has cost, as a page.
  ///
  /// - Parameter subject: the model that was inspected.
  package func page(of subject: PageSubject) throws -> ReportPage {
    let types = Dictionary(
      tensors.flatMap(\.pairs).map { ($0.type.id, $0.type) },
      uniquingKeysWith: { first, _ in first }
    ).values.sorted { ($0.nominalBitsPerWeight, $0.name) < ($1.nominalBitsPerWeight, $1.name) }
    var data = PageData(.inspect, subject, unit: unit.rawValue, types: types)
    data.tensors = tensors.map { PageTensor(name: $0.name, weights: $0.elements) }
    switch layout {
    case .matrix:
      data.measurements = types.map { PageMeasurement(of: $0, tensors) }
    case .list:
      for (index, tensor) in tensors.enumerated() {
        guard let pair = tensor.pairs.first else { continue }
        data.tensors[index].type = pair.type.name
        data.tensors[index].bytes = pair.bytes
        data.tensors[index].predicted = pair.distortion.loss.shortened
        data.tensors[index].standardError = pair.distortion.standardError.shortened
        data.tensors[index].errors = PageErrors(pair.distortion)
      }
    }
    return try ReportPage(data)
  }
}

extension FrontierReport {
  /// The frontier as a page.
  ///
  /// - Parameter subject: the model that was planned.
  package func page(of subject: PageSubject) throws -> ReportPage {
    var data = PageData(.frontier, subject, unit: unit.rawValue, types: [])
    data.frontier = PageFrontier(self)
    return try ReportPage(data)
  }
}

extension EvaluationReport {
  /// The evaluation as a page.
  ///
  /// - Parameters:
  ///   - subject: the quantized model.
  ///   - tensors: its tensors.
  package func page(of subject: PageSubject, tensors: [TensorDescriptor]) throws -> ReportPage {
    var data = PageData(
      .evaluate, subject, unit: LossUnit.nats.rawValue, types: tensors.map(\.type))
    let alone = evaluation.attribution.map { attribution in
      Dictionary(
        attribution.tensors.map { ($0.tensor.name, $0.kld) },
        uniquingKeysWith: { first, _ in first })
    }
    data.tensors = tensors.map { descriptor in
      var tensor = PageTensor(name: descriptor.name, weights: descriptor.elements)
      tensor.kept = !descriptor.type.isQuantized
      tensor.type = descriptor.type.name
      tensor.bytes = descriptor.byteCount
      tensor.predicted = alone?[descriptor.name]?.value.shortened
      tensor.standardError = alone?[descriptor.name]?.error.shortened
      return tensor
    }
    if alone == nil {
      data.missing["predicted"] =
        "the model was evaluated as a whole; --attribute tries each tensor by itself"
    }
    data.evaluate = Embedded(document: document)
    return try ReportPage(data)
  }
}
