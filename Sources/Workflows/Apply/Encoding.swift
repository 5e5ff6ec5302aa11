import Codecs
package import GGUF
import Planning
import Statistics

/// What encoders minimise: as when the recipe was planned, or its promise would not hold.
struct Encoding {
  let weighting: Weighting
  /// What the importance of columns is derived for.
  let unit: LossUnit

  init(weighting: Weighting, unit: LossUnit) {
    self.weighting = weighting
    self.unit = unit
  }

  /// What a recipe asks for; where it does not say, the best that the statistics allow.
  init(
    of recipe: Recipe, recipePath: String, _ source: SourceModel
  ) throws(UnknownWeighting) {
    switch recipe.provenance.weighting {
    case nil: weighting = .importance
    case let name?:
      guard let weighting = Weighting(rawValue: name) else {
        throw UnknownWeighting(path: recipePath, name: name)
      }
      self.weighting = weighting
    }
    let isMeasured =
      recipe.provenance.sensitivity.map { $0 == LossBasis.measured } ?? true
    unit = isMeasured && source.isMostlySensitive ? .nats : .weightedSquaredError
  }
}

/// A recipe that was planned with a weighting which this program does not know.
package struct UnknownWeighting: ClassifiedError {
  package let path: String
  package let name: String

  package var kind: ErrorKind { .badInput }

  package var description: String {
    "\(path.escaped): unknown weighting ‘\(name.escaped)’"
  }
}
