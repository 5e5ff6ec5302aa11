import GGUF
import Planning

/// Reads recipes from files.
enum RecipeFile {
  /// The recipe in a file, in any form that is published.
  ///
  /// - Throws: `FileError`, or `RecipeFileError` with the line that is wrong.
  static func read(_ path: String) throws -> Recipe { try readSource(path).recipe }

  /// The recipe in a file, with how it is written there.
  ///
  /// - Throws: as `read`.
  static func readSource(_ path: String) throws -> RecipeSource {
    // A recipe of a million tensors has less.
    guard let text = try OpenFile(reading: path).text(atMost: 256 << 20) else {
      throw RecipeFileError(path: path, problem: "it is not UTF-8 text, or too large")
    }
    do {
      return try RecipeSource(text)
    } catch {
      throw RecipeFileError(path: path, problem: "\(error)")
    }
  }
}

/// A file that holds no recipe.
struct RecipeFileError: Error, CustomStringConvertible {
  let path: String
  let problem: String
  var description: String { "\(path.escaped): \(problem)" }
}
