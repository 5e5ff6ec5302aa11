/// A recipe as somebody wrote it: the rules, how each stands in the text, and what the text says beyond them.
///
/// Its forms are told apart by their content: JSON, which begins with a brace; rules, of which every word is
/// one; a page with scripts between fences; and a shell script or command that passes its rules to
/// `llama-quantize`.
package struct RecipeSource: Sendable {
  /// A rule and its place.
  package struct Rule: Sendable {
    /// What it says.
    package let rule: TypeRule
    /// The line it stands in, counted from 1; nil where it has none: in JSON, which has tensors in place of
    /// rules, and where the rule follows from the type for all other tensors.
    package let line: Int?
    /// The type as it is spelt there, in any capitalisation.
    package let typeName: String
  }

  /// The rules in order.
  package var rules: [Rule] = []
  /// Where the recipe comes from, as its comments say.
  package var provenance = Provenance()
  /// What a command says about the tensors that no rule matches; nil where it says nothing.
  package var remainder: QuantizeRemainder?
  /// What the text says that is no part of the recipe, or that takes more than the text to tell.
  package var remarks: [RecipeRemark] = []

  /// Reads a recipe in any form that is published.
  ///
  /// - Parameter files: reads a file that a script names; nil where there is none.
  /// - Throws: `RecipeError`, and what `files` throws.
  package init(
    _ text: String, files: @escaping (String) throws -> [UInt8]? = { _ in nil }
  ) throws {
    let text = RecipeText(text)
    switch text.form {
    case .json: try read(json: text.text)
    case .rules: try read(rules: text.bytes)
    case .page: try read(text.fences, files: files)
    case .script: try read([RecipeText.Part(bytes: text.bytes, firstLine: 1)], files: files)
    }
  }

  /// What the text means.
  package var recipe: Recipe { Recipe(rules: rules.map(\.rule), provenance: provenance) }

  /// A recipe of nothing.
  init() {}
}

extension Recipe {
  /// Reads a recipe in any form that is published; see `RecipeSource`.
  package init(parsing text: some StringProtocol) throws {
    self = try RecipeSource(String(text)).recipe
  }
}
