import Codecs
package import GGUF
import Planning
import Statistics

extension SourceModel {
  /// Checks that a tensor can be read, and written in a type: the one answer for `apply`, `plan` and whatever measures a
  /// type that somebody asked for.
  ///
  /// - Parameter unit: in which the losses are counted that encoders are to make small.
  /// - Returns: the codec that writes it.
  @discardableResult
  func codec(
    writing tensor: TensorDescriptor, as type: TensorType, unit: LossUnit
  ) throws -> Codec {
    _ = try self.codec(of: tensor)
    guard let codec = Codec.of(type), codec.canEncode else {
      throw UnwritableType(tensor: tensor.name, type: type)
    }
    guard TensorShape(tensor.shape).allows(type) else {
      throw ShapeMismatch(tensor: tensor.name, columns: tensor.columns, type: type)
    }
    guard !codec.requiresImportance || hasImportance(tensor, unit: unit) else {
      throw ImportanceRequired(
        tensor: tensor.name, type: type, statistics: statistics?.file.fileName)
    }
    return codec
  }
}

/// A type that makes no sense without importance, for a tensor that has none.
package struct ImportanceRequired: ClassifiedError {
  package let tensor: String
  package let type: TensorType
  /// The name of the statistics that lack it; nil where there are none at all.
  package let statistics: String?

  package var kind: ErrorKind { .infeasible }

  package var description: String {
    "tensor \(tensor.escaped) cannot be \(type): the type needs importance, and "
      + (statistics.map { "\($0.escaped) has none for it" }
        ?? "there is none without --statistics")
  }
}

/// A type whose blocks do not divide a tensor's rows.
package struct ShapeMismatch: ClassifiedError {
  package let tensor: String
  package let columns: Int
  package let type: TensorType

  package var kind: ErrorKind { .infeasible }

  package var description: String {
    "tensor \(tensor.escaped) cannot be \(type): its rows of \(columns) weights are not a multiple "
      + "of \(type.weightsPerBlock)"
  }
}

/// A type that Ration has no encoder for.
package struct UnwritableType: ClassifiedError {
  package let tensor: String
  package let type: TensorType

  package var kind: ErrorKind { .infeasible }

  package var description: String {
    "tensor \(tensor.escaped) cannot become \(type): Ration has no encoder for it"
  }
}
