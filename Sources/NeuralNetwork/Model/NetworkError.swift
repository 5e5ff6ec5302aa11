package import GGUF

/// A model that cannot be run.
package struct NetworkError: ClassifiedError, Equatable {
  /// The model's file.
  package let path: String
  /// Why not.
  package let problem: Problem

  package init(path: String, _ problem: Problem) {
    self.path = path
    self.problem = problem
  }

  /// The ways in which a model can be beyond us.
  package enum Problem: ClassifiedError, Equatable {
    /// An architecture that the runner does not know, or none at all.
    case architecture(String?)
    /// A key that is missing or of the wrong kind.
    case key(String)
    /// A key with a value that no model of its architecture can have, or that the runner does not
    /// know.
    case value(key: String, String)
    /// A tensor that the architecture needs.
    case tensorMissing(String)
    /// A tensor of another shape than the metadata calls for; shapes fastest dimension first.
    case shape(tensor: String, found: [Int], expected: [Int])
    /// A tensor that the runner has no use for: it would compute another model.
    case unknownTensor(String)
    /// A tensor of a type that Ration cannot decode.
    case type(tensor: String, TensorType)
    /// Features that are NaN or infinite, behind a layer, from 0, whose weights are all finite.
    case features(layer: Int)
    /// Features whose squares are infinite, which a weight reads.
    case moments(weight: String)
    /// A token beyond the table of embeddings.
    case token(Int32, vocabulary: Int)
    /// The library that multiplies matrices cannot be loaded, for this reason.
    case library(String)

    package var kind: ErrorKind {
      switch self {
      case .features, .moments: .nonFinite
      case .library: .inputOutput
      default: .badInput
      }
    }
  }

  package var kind: ErrorKind { problem.kind }
}

extension NetworkError: CustomStringConvertible {
  package var description: String { "\(path.escaped): \(problem)" }
}

extension NetworkError.Problem: CustomStringConvertible {
  /// A sentence without its subject's path and final stop.
  package var description: String {
    switch self {
    case .architecture(let name):
      """
      models of the architecture \(name?.quoted ?? "(none)") cannot be run (known: \
      \(Architecture.all.map(\.name).joined(separator: ", "))); plan works without that, with \
      statistics of calibration/torch, an imatrix file of llama.cpp, or what such tensors lost in other models; so do \
      apply, inspect and verify
      """
    case .key(let key):
      "the key \(key.quoted) is missing or of the wrong kind"
    case .value(let key, let value):
      "the key \(key.quoted) has the value \(value.escaped), which the model runner does not know"
    case .tensorMissing(let name):
      "the tensor \(name.quoted) is missing"
    case .shape(let tensor, let found, let expected):
      "the tensor \(tensor.quoted) has the shape \(found) but must have \(expected)"
    case .unknownTensor(let name):
      "the tensor \(name.quoted) is part of no layer that the model runner knows"
    case .type(let tensor, let type):
      "the tensor \(tensor.quoted) is of type \(type), which cannot be decoded"
    case .features(let layer):
      "the features behind layer \(layer) are not finite: its numbers are too large to compute with"
    case .moments(let weight):
      "the features that the tensor \(weight.quoted) reads are too large to take second moments of"
    case .library(let reason):
      "the model cannot be run without OpenBLAS: \(reason.escaped)"
    case .token(let token, let vocabulary):
      "the token \(token) is none of the model's \(vocabulary)"
    }
  }
}
