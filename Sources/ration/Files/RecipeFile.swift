import GGUF
import Planning
import Workflows

/// Reads recipes from files.
enum RecipeFile {
  /// The recipe in a file, in any form that is published, or of a stock mix's name; of a skeleton the
  /// recipe that it is for the model.
  ///
  /// - Parameters:
  ///   - model: the model that it is for, where there is one.
  ///   - imatrix: whether the model is quantized with an importance matrix.
  /// - Throws: `FileError`, or `RecipeFileError` with the line that is wrong.
  static func read(_ nameOrPath: String, model: String?, imatrix: Bool) throws -> Recipe {
    try readSource(nameOrPath, model: model, imatrix: imatrix).recipe
  }

  /// The recipe, as `read` finds it, with the lines that its rules stand in.
  static func readSource(
    _ nameOrPath: String, model: String?, imatrix: Bool
  ) throws -> RecipeSource {
    let path = path(of: nameOrPath)
    let text = try text(path)
    guard Skeleton.hasConditions(text) else { return try source(in: path, text) }
    guard let model else {
      throw RecipeFileError(path: path, problem: "its rules have conditions, so it takes a model")
    }
    let skeleton = NamedSkeleton(
      name: nameOrPath, skeleton: try SkeletonFile.skeleton(in: path, text))
    let recipe = try skeleton.recipe(forModel: model, imatrix: imatrix)
    return try source(in: path, recipe.text)
  }

  /// The file that a name or path means.
  static func path(of nameOrPath: String) -> String {
    (try? SkeletonFile.stockFile(of: nameOrPath)) ?? nameOrPath
  }

  private static func source(in path: String, _ text: String) throws -> RecipeSource {
    do {
      return try RecipeSource(text)
    } catch {
      throw RecipeFileError(path: path, problem: "\(error)")
    }
  }

  /// The text of a file.
  static func text(_ path: String) throws -> String {
    // A recipe of a million tensors has less.
    guard let text = try OpenFile(reading: path).text(atMost: 256 << 20) else {
      throw RecipeFileError(path: path, problem: "it is not UTF-8 text, or too large")
    }
    return text
  }
}

/// A file that holds no recipe.
struct RecipeFileError: ClassifiedError {
  let path: String
  let problem: String
  var kind: ErrorKind { .badInput }
  var description: String { "\(path.escaped): \(problem)" }
}
