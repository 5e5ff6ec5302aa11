/// Which tensors of a model get which type: rules in order, of which the first that matches holds.
///
/// The text is the field's own: what `--custom-q` of ik_llama.cpp and `--tensor-type-file` of
/// llama.cpp take, and what people publish.
package struct Recipe: Sendable, Equatable {
  /// Where it comes from.
  package var provenance: Provenance
  /// The rules in order.
  package let rules: [TypeRule]

  /// A recipe of these rules.
  package init(rules: [TypeRule], provenance: Provenance = Provenance()) {
    self.rules = rules
    self.provenance = provenance
  }

  /// The recipe as a file: provenance in comments, then a rule a line.
  package var text: String {
    (provenance.lines + rules.map(\.description)).map { $0 + "\n" }.joined()
  }

  /// The rules as the value of `--custom-q`.
  package var customQ: String { rules.map(\.description).joined(separator: ",") }

  /// The rules as a file for `--tensor-type-file`, which knows no comments.
  package var tensorTypeFile: String { rules.map { "\($0)\n" }.joined() }
}
