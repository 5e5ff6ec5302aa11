import GGUF
import Measurement
import Planning
import Statistics

extension SourceModel {
  /// The file that a recipe makes of the model.
  ///
  /// - Parameters:
  ///   - added: tensors that the model lacks.
  ///   - promise: what can be expected of it.
  ///   - division: how it is divided among files.
  ///   - version: of the program.
  ///   - path: of the file, for messages.
  func output(
    of outcome: RecipeOutcome, added: [OutputPlan.Tensor] = [], division: FileDivision = .whole,
    promise: Promise?, version: String, path: String
  ) throws(FormatError) -> OutputPlan {
    try output(
      types: outcome.entries.map(\.type), added: added, division: division,
      OutputMetadata(
        version: version, recipe: outcome.recipe, promise: promise, statistics: statistics?.file),
      path: path)
  }

  /// A file of these types whose recipe is not known yet: as large as the one that it will be.
  ///
  /// - Parameter unit: what its plan will promise.
  func output(
    types: [TensorType], planning unit: LossUnit, version: String
  ) throws(FormatError) -> OutputPlan {
    try output(
      types: types,
      OutputMetadata(version: version, planning: unit, statistics: statistics?.file),
      path: file.path)
  }

  private func output(
    types: [TensorType], added: [OutputPlan.Tensor] = [], division: FileDivision = .whole,
    _ metadata: OutputMetadata, path: String
  ) throws(FormatError) -> OutputPlan {
    do throws(FormatError.Problem) {
      return try OutputPlan(
        file, types: types, added: added, metadata: metadata, division: division)
    } catch {
      throw FormatError(path: path, error)
    }
  }

  /// What can be expected of the file that a recipe makes of the model. Where the recipe promises
  /// something that no longer holds, or says that it is for another model, a warning says why.
  ///
  /// - Parameters:
  ///   - statistics: those at hand, as a recipe records them.
  ///   - moments: the second moments that errors will be compensated with, likewise.
  func promise(
    of outcome: RecipeOutcome, recipePath: String, statistics: PlanRecord.StatisticsRecord?,
    moments: PlanRecord.StatisticsRecord?, _ session: Session
  ) throws -> PromiseStanding {
    let fingerprint = try ContentDigest(fingerprintOf: file).hexadecimal
    guard let promised = outcome.recipe.provenance.promiseEntry else {
      let other = outcome.difference(ofModel: file.path.fileName, fingerprint: fingerprint)
      if let other { try session.warn("\(recipePath.escaped): \(other)") }
      let reasons = [
        outcome.difference(ofStatistics: statistics), outcome.difference(ofMoments: moments),
      ]
      for case let reason? in reasons { try session.warn("\(recipePath.escaped): \(reason)") }
      return other.map { .void([$0]) } ?? .none
    }
    let standing = outcome.promise(
      modelFingerprint: fingerprint, statistics: statistics, moments: moments)
    if case .void(let reasons) = standing {
      for reason in reasons {
        try session.warn(
          "\(recipePath.escaped): \(reason), so its \(promised.unit.predictionName) does not hold "
            + "and is left out")
      }
    }
    return standing
  }

  /// The statistics as a recipe records them; nil without any.
  func statisticsRecord() throws -> PlanRecord.StatisticsRecord? {
    try statistics.map {
      PlanRecord.StatisticsRecord(
        name: $0.file.fileName,
        digest: try ContentDigest(of: OpenFile(reading: $0.file.path)).hexadecimal)
    }
  }
}
