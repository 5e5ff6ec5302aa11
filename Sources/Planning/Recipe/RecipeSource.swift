/// A recipe as somebody wrote it: the rules, and how each stands in the text.
///
/// Three forms are told apart by their content: JSON, which begins with a brace; a shell script or
/// command, which quotes its rules; and the rules themselves.
package struct RecipeSource: Sendable {
  /// A rule and its place.
  package struct Rule: Sendable {
    /// What it says.
    package let rule: TypeRule
    /// The line it stands in, counted from 1; nil in JSON, which has tensors in place of rules.
    package let line: Int?
    /// The type as it is spelt there, in any capitalisation.
    package let typeName: String
  }

  /// The rules in order.
  package var rules: [Rule] = []
  /// Where the recipe comes from, as its comments say.
  package var provenance = Provenance()

  /// Reads a recipe in any form that is published.
  package init(_ text: String) throws(RecipeError) {
    if text.first(where: { !$0.isWhitespace }) == "{" {
      try read(json: text)
    } else if RecipeScript.isScript(text) {
      for value in try RecipeScript(text).values() {
        try read(rules: value.text, firstLine: value.line)
      }
    } else {
      try read(rules: text, firstLine: 1)
    }
  }

  /// What the text means.
  package var recipe: Recipe { Recipe(rules: rules.map(\.rule), provenance: provenance) }
}

extension Recipe {
  /// Reads a recipe in any form that is published; see `RecipeSource`.
  package init(parsing text: some StringProtocol) throws(RecipeError) {
    self = try RecipeSource(String(text)).recipe
  }
}
