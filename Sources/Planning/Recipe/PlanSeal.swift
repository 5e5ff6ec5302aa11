import GGUF

/// The seal of a plan: a digest of its record and of the type that it gives each tensor. Who changes a rule
/// or an entry by hand breaks it, and with it the promise; who writes the same rules in another form does
/// not.
struct PlanSeal: Sendable, Equatable {
  /// 64 hexadecimal digits.
  let text: String

  /// The seal of a record and of the types of all tensors of a model.
  init(of provenance: Provenance, types: [(name: String, type: String)]) {
    let entries = provenance.entries.filter { PlanRecord.Key.isOfRecord($0.key) }
      .map { "\($0.key): \($0.value)\n" }
    let lines = types.map { "\($0.name)=\($0.type)\n" }
    // Neither the order of comments nor that of tensors says anything.
    let text = (entries.sorted() + lines.sorted()).joined()
    self.text = ContentDigest(of: text).hexadecimal
  }
}
