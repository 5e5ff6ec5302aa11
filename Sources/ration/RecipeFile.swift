import Foundation
import GGUF
import Planning

/// Reads and writes recipes as files.
enum RecipeFile {
  /// The recipe in a file.
  ///
  /// - Throws: `FileError`, or `RecipeFileError` with the line that is wrong.
  static func read(_ path: String) throws -> Recipe {
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
      return try Recipe(parsing: text)
    } catch {
      throw RecipeFileError(path: path, problem: "\(error)")
    }
  }

  /// Throws `ConflictError` where something of that name exists.
  static func checkAbsent(_ path: String) throws {
    guard !FileManager.default.fileExists(atPath: path) else { throw ConflictError.exists(path) }
  }

  /// Writes a recipe whole or not at all.
  static func write(_ recipe: Recipe, to path: String, overwrite: Bool, inputs: [String]) throws {
    if !overwrite { try checkAbsent(path) }
    if let stamp = try? FileStamp(path: path) {
      for input in inputs where try FileStamp(path: input).isSameFile(as: stamp) {
        throw ConflictError.isInput(output: path, input: input)
      }
    }
    do {
      try Data(recipe.text.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      let reason = (error as NSError).userInfo[NSUnderlyingErrorKey].map { "\($0)" }
      throw RecipeWriteError(path: path, reason: reason ?? error.localizedDescription)
    }
  }
}

/// A file that holds no recipe.
struct RecipeFileError: Error, CustomStringConvertible {
  let path: String
  let problem: String
  var description: String { "\(path.escaped): \(problem)" }
}

/// A recipe that could not be written.
struct RecipeWriteError: Error, CustomStringConvertible {
  let path: String
  let reason: String
  var description: String { "cannot write \(path.escaped): \(reason)" }
}
