package import GGUF

/// Something that is wrong with a model's file.
package enum VerifyFault: Sendable, Equatable {
  /// The file breaks a rule of the format, so nothing else of it was looked at.
  case format(FormatError)
  /// Bytes that should not be there.
  case gap(FileGapFault)
  /// What the file says of how it was made does not have its form.
  case provenance(FormatError.Problem)
  /// Weights that are no numbers.
  case nonFinite(NonFiniteWeight)
  /// A tensor's bytes are not those that were written.
  case digest(tensor: String, recorded: ContentDigest, found: ContentDigest)

  // What a comparison with the source finds.

  /// The file was made from another model than the one given.
  case otherSource(recorded: ContentDigest, found: ContentDigest)
  /// A tensor of the source is not there.
  case missing(tensor: String)
  /// The source has no such tensor.
  case added(tensor: String)
  /// A tensor has another shape than in the source.
  case shape(tensor: String, source: [Int], found: [Int])
  /// A tensor that kept its type differs from the source's at this byte of its data.
  case content(tensor: String, at: Int)
  /// An entry of the source's metadata is not there.
  case missingKey(String)
  /// An entry of the metadata is not what the source has.
  case changedKey(String)

  /// What kind of fault it is, for programs.
  package var name: String {
    switch self {
    case .format: "format"
    case .gap(.padding): "padding"
    case .gap(.surplus): "surplus"
    case .provenance: "provenance"
    case .nonFinite: "not_finite"
    case .digest: "digest"
    case .otherSource: "other_source"
    case .missing: "missing_tensor"
    case .added: "added_tensor"
    case .shape: "shape"
    case .content: "content"
    case .missingKey: "missing_key"
    case .changedKey: "changed_key"
    }
  }

  /// The tensor that it is about, where it is about one.
  package var tensor: String? {
    switch self {
    case .format, .gap, .provenance, .otherSource, .missingKey, .changedKey: nil
    case .nonFinite(let weight): weight.tensor
    case .digest(let tensor, _, _), .missing(let tensor), .added(let tensor),
      .shape(let tensor, _, _), .content(let tensor, _):
      tensor
    }
  }
}

extension VerifyFault: CustomStringConvertible {
  /// A sentence without a full stop.
  package var description: String {
    switch self {
    case .format(let error): "\(error)"
    case .gap(let fault): "\(fault)"
    case .provenance(let problem): "\(problem)"
    case .nonFinite(let weight): weight.sentence
    case .digest(let tensor, let recorded, let found):
      "tensor \(tensor.escaped) is not what was written: its SHA-256 is \(found.hexadecimal), "
        + "and the file records \(recorded.hexadecimal)"
    case .otherSource(let recorded, let found):
      "it was made from another model: the digest of the source is \(found.hexadecimal), "
        + "and the file records \(recorded.hexadecimal)"
    case .missing(let tensor): "tensor \(tensor.escaped) of the source is missing"
    case .added(let tensor): "the source has no tensor \(tensor.escaped)"
    case .shape(let tensor, let source, let found):
      "tensor \(tensor.escaped) has the shape \(found), and \(source) in the source"
    case .content(let tensor, let offset):
      "tensor \(tensor.escaped) kept its type but differs from the source at byte \(offset) of its "
        + "data"
    case .missingKey(let key): "the metadata lack \(key.quoted), which the source has"
    case .changedKey(let key): "the value of \(key.quoted) is not the source's"
    }
  }
}
