import Foundation
import Planning

/// How well the prior predicts one of the published models from the others.
struct SensitivityValidation {
  let model: SensitivityModel
  /// The rank correlation of the tensors' weights with the published KLDs: what a planner achieves that
  /// takes every weight for equally sensitive.
  let flatPerWeight: Double
  /// The rank correlation of the predicted with the published KLDs, fitted to all other models.
  let withoutModel: Double
  /// The same, fitted to the models of other families.
  let withoutFamily: Double
  /// The predicted KLD of all tensors together ÷ the published.
  let ratioOfTotals: Double

  /// That of each model, by its name.
  static let all: [String: SensitivityValidation] = {
    let models = SensitivityModel.all
    var byFamily: [String: SensitivityPrior] = [:]
    for family in Set(models.map(\.family)) {
      byFamily[family] = prior(fittedTo: models.filter { $0.family != family })
    }
    return Dictionary(
      uniqueKeysWithValues: models.map { model in
        let byModel = prior(fittedTo: models.filter { $0.name != model.name })
        return (
          model.name,
          SensitivityValidation(model, without: byModel, withoutFamily: byFamily[model.family]!)
        )
      })
  }()

  /// The row of the README's table.
  var line: String {
    let figures = [flatPerWeight, withoutModel, withoutFamily, ratioOfTotals]
      .map { String(format: "%.2f", $0) }
    return "| \(([model.name, model.row.typeName] + figures).joined(separator: " | ")) |"
  }

  private init(
    _ model: SensitivityModel, without byModel: SensitivityPrior, withoutFamily: SensitivityPrior
  ) {
    func agreement(_ predictions: [String: Double]) -> Double {
      let names = model.row.values.keys.sorted()
      return rankCorrelation(names.map { predictions[$0]! }, names.map { model.row.values[$0]! })
    }
    let losses = byModel.losses(of: model.shapes).nats
    self.model = model
    flatPerWeight = agreement(
      model.shapes.mapValues { $0.dimensions.reduce(1) { $0 * Double($1) } })
    withoutModel = agreement(losses)
    self.withoutFamily = agreement(withoutFamily.losses(of: model.shapes).nats)
    ratioOfTotals = losses.values.reduce(0, +) / model.row.losses.values.reduce(0, +)
  }

  private static func prior(fittedTo models: [SensitivityModel]) -> SensitivityPrior {
    SensitivityPrior(fitting: models.map(\.example))
  }
}
