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
    let file = try OpenFile(reading: path)
    // A recipe of a million tensors has less.
    guard file.stamp.size <= 256 << 20 else {
      throw RecipeFileError(path: path, problem: "it is too large")
    }
    var bytes = [UInt8](repeating: 0, count: file.stamp.size)
    try bytes.withUnsafeMutableBytes { try file.read(at: 0, into: $0) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw RecipeFileError(path: path, problem: "it is not UTF-8 text")
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
