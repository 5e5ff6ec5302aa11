import Foundation
import GGUF
import Planning
import Workflows

/// Reads recipes from files.
enum RecipeFile {
  /// The recipe in a file, in any form that is published, of a stock mix's name, or of the types that a model has; of a
  /// skeleton the recipe that it is for the model. The session is told what the text says beyond it.
  ///
  /// - Parameters:
  ///   - model: the model that it is for, where there is one.
  ///   - imatrix: whether the model is quantized with an importance matrix.
  /// - Throws: `FileError`, `TextError`, or `RecipeFileError` with the line that is wrong.
  static func read(
    _ nameOrPath: String, model: String?, imatrix: Bool, _ session: Session
  ) throws -> RecipeSource {
    let source = try read(nameOrPath, model: model, imatrix: imatrix)
    try session.tell(source.remarks, of: nameOrPath)
    return source
  }

  /// The recipe, with what the text says beyond it among its remarks.
  static func read(_ nameOrPath: String, model: String?, imatrix: Bool) throws -> RecipeSource {
    let place = RecipePlace(nameOrPath)
    var source = try read(place.path, named: nameOrPath, model: model, imatrix: imatrix)
    source.remarks = place.remarks + source.remarks
    return source
  }

  private static func read(
    _ path: String, named name: String, model: String?, imatrix: Bool
  ) throws -> RecipeSource {
    let text = try RecipeInput.read(path)
    guard Skeleton.hasConditions(text) else {
      let source = try source(in: path, text)
      return try source.settled(
        mix: try SkeletonFile.mix(of: source), forModel: model, imatrix: imatrix)
    }
    guard let model else {
      throw RecipeFileError(path: path, problem: "its rules have conditions, so it takes a model")
    }
    let skeleton = NamedSkeleton(
      name: name, skeleton: try SkeletonFile.skeleton(in: path, text))
    let recipe = try skeleton.recipe(forModel: model, imatrix: imatrix)
    return try source(in: path, recipe.text)
  }

  /// The recipe that a text holds. Files that it names are looked for in the folder of its own.
  static func source(in path: String, _ text: String) throws -> RecipeSource {
    do {
      return try RecipeSource(text) { name in
        let folder = URL(filePath: path).deletingLastPathComponent()
        let file = URL(filePath: name, relativeTo: folder).path
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        return try OpenFile(reading: file).textBytes(atMost: RecipeInput.mostBytes)
      }
    } catch let error as RecipeError {
      throw RecipeFileError(path: path, problem: "\(error)")
    }
  }
}

/// A file that holds no recipe.
struct RecipeFileError: ClassifiedError {
  let path: String
  let problem: String
  var kind: ErrorKind { .badInput }
  var description: String { "\(path.escaped): \(problem)" }
}
