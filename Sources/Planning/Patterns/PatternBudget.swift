/// How many steps searches may take, so that no recipe keeps a program busy for long. It counts, and looks at no
/// clock: the same recipe is always refused or never.
package struct PatternBudget {
  /// The most steps of one search. No pattern of a recipe needs a hundredth of them for a name.
  package static let perSearch = 1_000_000
  /// The most steps of all searches for the rules of one recipe: about a second.
  package static let perRecipe = 200_000_000

  private var left: Int

  package init(steps: Int = perRecipe) { left = steps }

  /// The most steps that the next search may take.
  var next: Int { min(left, Self.perSearch) }

  /// Takes off what a search took.
  mutating func spend(_ steps: Int) { left -= steps }
}
