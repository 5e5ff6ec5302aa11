import GGUF

/// What a page shows, as its script reads it. A member that is nil or empty leaves its section out; nil among figures is
/// a figure that is not known.
///
/// | member         | what it is                                                        |
/// |----------------|-------------------------------------------------------------------|
/// | `kind`         | `inspect`, `plan`, `frontier` or `evaluate`                       |
/// | `unit`         | of all predicted losses                                           |
/// | `types`        | every type that the page names                                    |
/// | `measurements` | of an inspection: the figures of all tensors, type by type        |
/// | `plan`, `frontier`, `evaluate` | what the command prints with `--json`             |
/// | `missing`      | why a member of all tensors is null, by its name                  |
struct PageData: Encodable {
  let schema = Schema(name: "ration.report", version: 1)
  let kind: Kind
  let title: String
  let lede: String?
  let unit: String
  let model: PageSubject.Model
  let types: [TypeName]
  var tensors: [PageTensor] = []
  var measurements: [PageMeasurement] = []
  var plan: Embedded?
  var frontier: PageFrontier?
  var evaluate: Embedded?
  var missing: [String: String] = [:]
  let provenance: [PageFact]

  enum Kind: String, Encodable {
    case inspect, plan, frontier, evaluate
  }

  /// A type and its bits per weight.
  struct TypeName: Encodable {
    let name: String
    let bpw: Double
  }

  /// A page of this kind about a model.
  ///
  /// - Parameter types: every type that it names, in any order.
  init(_ kind: Kind, _ subject: PageSubject, unit: String, types: [TensorType]) {
    self.kind = kind
    title = subject.title
    lede = subject.lede
    self.unit = unit
    model = subject.model
    var names: Set<String> = []
    self.types = types.filter { names.insert($0.name).inserted }.map {
      TypeName(name: $0.name, bpw: $0.nominalBitsPerWeight)
    }
    provenance = subject.facts
  }
}

/// A document of another report as a member.
struct Embedded: Encodable {
  let document: any Encodable

  func encode(to encoder: any Encoder) throws { try document.encode(to: encoder) }
}

/// Something that a page says of where it comes from.
package struct PageFact: Encodable, Sendable {
  let label: String
  /// nil where there is none.
  @Nullable var value: String?
  /// Why there is none.
  @Nullable var reason: String?

  package init(_ label: String, _ value: String?, reason: String? = nil) {
    self.label = label
    self.value = value
    self.reason = reason
  }
}
