import Codecs
package import GGUF
import Measurement
import Planning
import Statistics

/// What predictions of loss rest on.
enum LossBasis {
  /// The row sensitivities of the statistics. `rest` is what the prior expects, for tensors that have none; nil where
  /// all have.
  case sensitivity(rest: ReferenceLosses?)
  /// What each tensor loses under one type: `name` says where from, as recipes and reports have it. The
  /// error is the relative standard error of each tensor's loss.
  case reference(ReferenceLosses, name: String, error: Double)
  /// The errors themselves, weighted by importance where it is known.
  case errors

  /// What predictions are counted in.
  var unit: LossUnit {
    switch self {
    case .sensitivity, .reference: .nats
    case .errors: .weightedSquaredError
    }
  }

  /// What a recipe calls it, so that `apply` encodes as the plan measured.
  var provenance: String {
    switch self {
    case .sensitivity: Self.measured
    case .reference(_, let name, _): name
    case .errors: "none"
    }
  }

  /// What recipes call row sensitivities.
  static let measured = "measured"

  /// What is measured, from which predictions are made.
  var measuredUnit: LossUnit {
    switch self {
    case .sensitivity: .nats
    case .reference, .errors: .weightedSquaredError
    }
  }
}

extension SourceModel {
  /// What predictions of loss rest on, from the source asked for.
  ///
  /// - Throws: where a table cannot be read or is of another model, and where row sensitivities are
  ///   demanded and missing.
  func lossBasis(from source: SensitivitySource) throws -> LossBasis {
    switch source {
    case .none: return .errors
    case .automatic:
      guard lossUnit != .nats else { return .sensitivity(rest: nil) }
      return isMostlySensitive
        ? .sensitivity(rest: SensitivityPrior.published.losses(of: shapes)) : prior
    case .measured:
      guard lossUnit == .nats else { throw MissingSensitivity(path: file.path) }
      return .sensitivity(rest: nil)
    case .prior: return prior
    case .table(let path): return try table(at: path)
    }
  }

  private var prior: LossBasis {
    .reference(
      SensitivityPrior.published.losses(of: shapes), name: "prior",
      error: SensitivityPrior.published.tensorError)
  }

  private func table(at path: String) throws -> LossBasis {
    // A table of a hundred thousand tensors under thirty types has less.
    let text = try OpenFile(reading: path).text(atMost: 64 << 20)
    let table: KLDTable
    do throws(KLDTableError) {
      table = try KLDTable(parsing: text)
    } catch {
      throw UnusableTable(path: path, problem: "\(error)")
    }
    let writable = Set(Codec.all.filter(\.canEncode).map(\.type))
    guard let known = table.reference(among: writable) else {
      throw UnusableTable(path: path, problem: "no row is of a type that Ration can write")
    }
    guard known.nats.keys.contains(where: { shapes[$0] != nil }) else {
      throw UnusableTable(path: path, problem: "it names no tensor of \(file.path.fileName)")
    }
    return .reference(
      known.completed(by: .published, for: shapes), name: path.fileName, error: 0)
  }

  /// The tensors that may be quantized.
  private var shapes: [String: TensorShape] {
    Dictionary(uniqueKeysWithValues: movable.map { ($0.name, TensorShape($0.shape)) })
  }
}

/// Row sensitivities were asked for, and the statistics lack them.
package struct MissingSensitivity: ClassifiedError {
  package let path: String
  package var kind: ErrorKind { .badInput }

  package var description: String {
    "\(path.escaped): the statistics do not have the row sensitivities of all its tensors"
  }
}

/// A table of KLDs that is none, or is of no use for the model.
package struct UnusableTable: ClassifiedError {
  package let path: String
  package let problem: String
  package var kind: ErrorKind { .badInput }
  package var description: String { "\(path.escaped): \(problem)" }
}

extension SourceModel {
  /// What predictions rest on, in words.
  func inWords(_ basis: LossBasis) -> String {
    switch basis {
    case .sensitivity(nil): "measured row sensitivities"
    case .sensitivity: "measured row sensitivities and, where there are none, the prior"
    case .reference(_, "prior", _):
      "what such tensors lost in other models (GGUF Tool Suite)"
    case .reference(_, let name, _): "the KLDs in \(name.escaped) (GGUF Tool Suite)"
    case .errors: statistics == nil ? "the weights alone" : "importance alone"
    }
  }
}
