import Codecs
import Measurement
package import GGUF
package import Planning

/// Checks that a recipe means to other programs what it means here, and that it can be applied.
package enum RecipeCheckWorkflow {
  /// What is the matter with a recipe, errors first.
  ///
  /// - Parameters:
  ///   - path: of the model; nil for none.
  ///   - runtime: the program that is to read the recipe; nil for every one that loads its types.
  package static func run(
    _ recipe: RecipeSource, model path: String?, runtime: Runtime?
  ) throws -> [RecipeFinding] {
    let file = try path.map { try ModelFile(path: $0) }
    let loading = Runtime.allCases.filter { runtime in
      recipe.rules.allSatisfy { runtime.loads($0.rule.type) }
    }
    let runtimes = runtime.map { [$0] } ?? (loading.isEmpty ? Runtime.allCases : loading)
    let model = try file.map {
      (name: $0.path.fileName, fingerprint: try ContentDigest(fingerprintOf: $0).hexadecimal)
    }
    return try recipe.findings(
      for: file?.tensors, of: model, readBy: runtimes,
      writable: { Codec.of($0)?.canEncode == true },
      needsImportance: { Codec.of($0)?.requiresImportance == true })
  }

  /// Turns findings into the error that they are: any error among them, or under `--strict` any
  /// warning.
  package static func judge(
    _ findings: [RecipeFinding], path: String, _ session: Session
  ) throws {
    let errors = findings.count { $0.severity == .error }
    guard errors == 0 else { throw UnusableRecipe(path: path, errors: errors) }
    let warning = findings.first { $0.severity == .warning }
    if session.isStrict, let warning { throw StrictError(warning: "\(warning)") }
  }
}

/// A recipe that cannot be applied, or that a program would not read as it is meant.
package struct UnusableRecipe: ClassifiedError {
  package let path: String
  /// How many things are wrong with it.
  package let errors: Int

  package var kind: ErrorKind { .infeasible }

  package var description: String {
    "\(path.escaped): \(errors) \(errors == 1 ? "error" : "errors")"
  }
}
