package import GGUF

/// The forms that recipes have elsewhere.
package enum RecipeFormat: String, Sendable, CaseIterable {
  /// The value of `--custom-q` of ik_llama.cpp: one line, rules divided by commas.
  case customQ = "custom-q"
  /// The file for `--tensor-type-file` of llama.cpp: a rule a line, no comments.
  case tensorTypeFile = "tensor-type-file"
  /// The `.recipe` file of the GGUF Tool Suite: a rule a line, in sections, for every tensor.
  case toolSuite = "gguf-tool-suite"
  /// Tensor by tensor, for programs.
  case json
  /// Ration's own: a rule a line, provenance in comments.
  case recipe

  /// The program that reads the form, where it is one of these.
  private var reader: Runtime? {
    switch self {
    case .customQ: .ik
    case .tensorTypeFile: .mainline
    case .toolSuite, .json, .recipe: nil
    }
  }
}

extension RecipeFormat {
  /// A recipe as it is, rule by rule, in this form. Throws where the form cannot carry it.
  package func text(of recipe: Recipe) throws(RecipeFormatError) -> String {
    if let reader {
      for rule in recipe.rules {
        guard let obstacle = reader.obstacle(to: rule) else { continue }
        throw .obstacle(obstacle, rule, self)
      }
    }
    return switch self {
    case .customQ: recipe.customQ + "\n"
    case .tensorTypeFile: recipe.tensorTypeFile
    case .toolSuite: recipe.toolSuite
    case .json: throw .needsModel(self)
    case .recipe: recipe.text
    }
  }

  /// What a recipe makes of a model, in this form: rules of which exactly one matches each tensor,
  /// and that any program reads alike.
  ///
  /// Files of the GGUF Tool Suite and JSON list all tensors; the other forms have no rules for
  /// tensors that keep their type, since no program would change it. Throws where the program that
  /// reads the form refuses a type.
  package func text(of outcome: RecipeOutcome) throws(RecipeFormatError) -> String {
    let provenance = outcome.recipe.provenance
    switch self {
    case .json: return Recipe.json(assigning: outcome.all, provenance: provenance)
    case .toolSuite:
      let recipe = Recipe(assigning: outcome.all, provenance: provenance)
      return try text(of: recipe.inSections)
    case .customQ, .tensorTypeFile, .recipe:
      let recipe = Recipe(assigning: outcome.ruled, provenance: provenance)
      return try text(of: recipe)
    }
  }
}

/// Why a recipe cannot be written in a form.
package enum RecipeFormatError: ClassifiedError, Equatable {
  /// The program that reads the form would refuse or misread a rule.
  case obstacle(RuleObstacle, TypeRule, RecipeFormat)
  /// The form names tensors, which rules alone do not.
  case needsModel(RecipeFormat)

  package var kind: ErrorKind { .infeasible }

  package var description: String {
    switch self {
    case .obstacle(.type, let rule, let format):
      "\(format.rawValue) cannot carry ‘\(rule)’: the program that reads it does not load the type"
    case .obstacle(let obstacle, let rule, let format):
      "\(format.rawValue) cannot carry ‘\(rule)’: the program that reads it would misread the rule "
        + "(\(obstacle)); give the model for rules that it reads"
    case .needsModel(let format):
      "\(format.rawValue) names each tensor: give the model that the recipe is for"
    }
  }
}
