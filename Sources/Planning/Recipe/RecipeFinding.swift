import GGUF

/// Something about a recipe that whoever uses it should know.
package struct RecipeFinding: Sendable, Equatable, CustomStringConvertible {
  /// How much it matters.
  package enum Severity: String, Sendable {
    /// The recipe cannot be applied, or a program would not read what it means.
    case error
    /// The recipe may not do what was meant.
    case warning
    /// The recipe takes something that is not part of it.
    case note
  }

  /// What is the matter.
  package let problem: Problem
  /// The rule that it is about.
  package let rule: TypeRule?
  /// The line of the rule, where it has one.
  package let line: Int?

  /// What can be the matter.
  package enum Problem: Sendable, Equatable {
    /// A program would refuse the rule or read it differently.
    case obstacle(RuleObstacle, Runtime)
    /// Read by a program, the rules give other types.
    case misread(RecipeMismatch)
    /// The rule gives these tensors a type that their shape, here the first one's, does not allow.
    case misfit(tensors: [String], rows: Int, columns: Int)
    /// Ration cannot write the type that the rule gives these tensors.
    case unwritable(tensors: [String])
    /// The rule gives these tensors, or without a model whatever it matches, a type that needs importance.
    case needsImportance(tensors: [String])
    /// ik_llama.cpp stores tables of embeddings in no type that rearranges rows.
    case rearrangedLookup(tensor: String)
    /// The type is spelt in a way that ik_llama.cpp, which compares exactly, does not know.
    case spelling(String)
    /// The rule matches no tensor.
    case unmatched
    /// Earlier rules take all tensors of the rule.
    case shadowed
    /// All tensors that the rule takes keep the type that they have, which is another one.
    case keptOnly(tensors: [String])
    /// No rule matches these tensors.
    case uncovered(tensors: [String])
    /// What the plan says of itself is not about these rules or this model.
    case stale(PromiseStanding.Reason)
    /// The text says something beyond its rules, or leaves something open.
    case remark(RecipeRemark)
  }

  /// How much it matters.
  package var severity: Severity {
    switch problem {
    case .obstacle, .misread, .misfit, .unwritable: .error
    case .rearrangedLookup, .spelling, .unmatched, .shadowed, .keptOnly, .uncovered, .stale:
      .warning
    case .needsImportance: .note
    case .remark(let remark): remark.severity
    }
  }

  package var description: String {
    let place = line.map { "line \($0): " } ?? ""
    return place + (rule.map { "‘\($0)’ \(predicate)" } ?? predicate)
  }

  /// What is the matter, where a rule comes first as the continuation of a sentence about it.
  private var predicate: String {
    switch problem {
    case .obstacle(let obstacle, let runtime):
      "is not for runtime \(runtime.rawValue): \(obstacle)"
    case .misread(let mismatch): "\(mismatch)"
    case .misfit(let tensors, let rows, let columns):
      "gives \(tensors.summary) a type that does not allow \(rows) rows of \(columns)"
    case .unwritable(let tensors): "gives \(tensors.summary) a type that Ration cannot write"
    case .needsImportance(let tensors):
      (tensors.isEmpty ? "gives" : "gives \(tensors.summary)")
        + " a type that needs importance: apply takes it with --statistics only"
    case .rearrangedLookup(let tensor):
      "rearranges the rows of \(tensor), where ik_llama.cpp falls back to another type"
    case .spelling(let name): "spells its type ‘\(name)’, which --custom-q refuses"
    case .unmatched: "matches no tensor"
    case .shadowed: "has no effect: earlier rules take its tensors"
    case .keptOnly(let tensors): "has no effect: \(tensors.summary) keep their type"
    case .stale(let reason): "\(reason), so what it says of its size and prediction does not hold"
    case .remark(let remark): "\(remark)"
    case .uncovered(let tensors): "no rule for \(tensors.summary): each keeps the type it has"
    }
  }
}
